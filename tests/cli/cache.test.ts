import { cp, mkdir, rm, truncate } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { edit, filesBelow, openLab } from "../pipeline/workspace.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { spikebench } from "./resident-command.ts";

const folder = temporaryFolder();
let places = 0;

const EXPERIMENT = `version: 1
name: small
retrievers:
  hashed: {kind: dense, encoder: {kind: hashed, dimensions: 16}}
matrix: {retriever: [hashed], dataset: [library]}
measures: [nDCG@10]
`;
/** Documents and queries of the small library. */
const VECTORS = 6 + 3;
const RUN = ["run", "experiment.yaml", "--data", "library=data", "--out", "out"];

/** A folder in which the experiment was run, so that its cache has the vectors of one encoder. */
async function filledPlace(): Promise<string> {
  const cwd = folder.path(`place-${places++}`);
  await cp(folder.path("filled"), cwd, { recursive: true, preserveTimestamps: true });
  return cwd;
}

beforeAll(async () => {
  const { folder: cwd } = await openLab(folder.path("filled"), { experiment: EXPERIMENT });
  expect((await spikebench(RUN, { cwd })).stderr).toContain(`${VECTORS} texts encoded`);
});

async function emptyPlace(): Promise<string> {
  const cwd = folder.path(`place-${places++}`);
  await mkdir(cwd);
  return cwd;
}

const listed = z.array(z.object({ id: z.string(), vectors: z.number(), bytes: z.number(), kind: z.string() }));

async function list(cwd: string) {
  const { stdout } = await spikebench(["cache", "ls", "--format", "json"], { cwd });
  return listed.parse(JSON.parse(stdout));
}

async function shardsOf(cwd: string): Promise<readonly string[]> {
  const names = [...(await filesBelow(join(cwd, "cache"))).keys()];
  return names.filter((name) => name.endsWith(".arrow")).map((name) => join(cwd, "cache", name));
}

describe("spikebench cache", () => {
  it("has commands, and names them", async () => {
    const cwd = await emptyPlace();
    const { stdout } = await spikebench(["cache", "--help"], { cwd });
    for (const name of ["ls", "du", "verify", "prune", "export", "import"]) expect(stdout).toContain(`cache ${name}`);
    expect(await spikebench(["cache"], { cwd })).toMatchObject({ code: 2, stdout: "" });
  });

  it.each([["ls"], ["du"], ["verify"], ["prune", "--max-size", "1GB"]])(
    "%s takes an absent cache for an empty one",
    async (...args) => {
      const cwd = await emptyPlace();
      for (const format of ["table", "json"]) {
        const ended = await spikebench(["cache", ...args, "--format", format], { cwd });
        expect(ended).toMatchObject({ code: 0, stderr: "" });
        expect(ended.stdout).not.toBe("");
        if (format === "json") expect(() => JSON.parse(ended.stdout)).not.toThrow();
      }
      expect(await filesBelow(cwd)).toEqual(new Map());
    },
  );

  it("lists what was encoded, with the encoder's identity in clear, and what it takes", async () => {
    const cwd = await filledPlace();
    const [encoder, ...others] = await list(cwd);
    expect(others).toEqual([]);
    expect(encoder).toMatchObject({ kind: "hashed", vectors: VECTORS, bytes: expect.any(Number) });
    const table = await spikebench(["cache", "ls"], { cwd });
    expect(table.stdout).toMatch(/hashed.*│ +16 │ float32 +│ +9 │/);
    expect(table.stdout).toContain(`${encoder?.id.slice(0, 12)}: {"`);
    expect(table.stdout).toContain(`"dimensions":16`);
    const usage: unknown = JSON.parse((await spikebench(["cache", "du", "--format", "json"], { cwd })).stdout);
    // how fast it was is kept too
    expect(usage).toMatchObject({ encoders: [{ id: encoder?.id }], others: [{ name: "throughput" }] });
  });

  it("verify names a broken file and exits 2, --remove mends, and the next run encodes its texts again", async () => {
    const cwd = await filledPlace();
    expect(await spikebench(["cache", "verify"], { cwd })).toMatchObject({ code: 0, stderr: "" });
    const [shard = ""] = await shardsOf(cwd);
    await truncate(shard, 100);
    const found = await spikebench(["cache", "verify"], { cwd });
    expect(found.code).toBe(2);
    expect(found.stdout).toContain(shard);
    expect(found.stderr).toMatch(/^spikebench: [^\n]*--remove[^\n]* \[DATA_INVALID\]\n$/);
    const removed = await spikebench(["cache", "verify", "--remove"], { cwd });
    expect(removed).toMatchObject({ code: 0, stderr: "" });
    expect(removed.stdout).toContain("removed");
    expect(await shardsOf(cwd)).not.toContain(shard);
    await rm(join(cwd, "out"), { recursive: true });
    const again = await spikebench(RUN, { cwd });
    expect(again.code).toBe(0);
    expect(again.stderr).not.toContain("passed over");
    expect((await list(cwd))[0]?.vectors).toBe(VECTORS);
  });

  it("prune frees what it says, and says what it would free", async () => {
    const cwd = await filledPlace();
    const before = await filesBelow(join(cwd, "cache"));
    const [encoder] = await list(cwd);
    const args = ["cache", "prune", "--encoder", encoder?.id.slice(0, 6) ?? ""];
    const dry = await spikebench([...args, "--dry-run"], { cwd });
    expect(dry).toMatchObject({ code: 0, stderr: "" });
    expect(dry.stdout).toContain("would be removed");
    expect(await filesBelow(join(cwd, "cache"))).toEqual(before);
    const kept = await spikebench(["cache", "prune", "--older-than", "1h", "--max-size", "1GB"], { cwd });
    expect(kept.stdout).toMatch(/^0 B freed; /);
    const pruned = await spikebench(args, { cwd });
    expect(pruned.stdout).toContain("all of it");
    expect(await list(cwd)).toEqual([]);
    expect(await spikebench(args, { cwd })).toMatchObject({ code: 2, stdout: "" });
  });

  it.each([
    ["--max-size", "lots"],
    ["--older-than", "yesterday"],
  ])("prune refuses %s %s", async (...flags) => {
    const ended = await spikebench(["cache", "prune", ...flags], { cwd: await emptyPlace() });
    expect(ended).toMatchObject({ code: 2, stdout: "" });
    expect(ended.stderr).toMatch(/^spikebench: [^\n]*\[USAGE\]\n$/);
  });

  it("export and import take vectors to another machine, where nothing is encoded then", async () => {
    const cwd = await filledPlace();
    const [encoder] = await list(cwd);
    const exported = await spikebench(["cache", "export", encoder?.id ?? "", "moved"], { cwd });
    expect(exported).toMatchObject({ code: 0, stderr: "" });
    const other = await openLab(folder.path(`place-${places++}`), { experiment: EXPERIMENT });
    const from = join(cwd, "moved");
    expect(await spikebench(["cache", "import", from], { cwd: other.folder })).toMatchObject({ code: 0, stderr: "" });
    const run = await spikebench(RUN, { cwd: other.folder });
    expect(run.stderr).toContain("0 texts encoded");
    const again = await spikebench(["cache", "import", from], { cwd: other.folder });
    expect(again.stdout).toContain("0 files, 0 B, copied");
    const [shard = ""] = (await shardsOf(cwd)).map((path) => path.replace(join("cache", "vectors"), "moved"));
    await truncate(shard, 100);
    const broken = await spikebench(["cache", "import", from], { cwd: await emptyPlace() });
    expect(broken.code).toBe(2);
    expect(broken.stdout).toContain(shard);
    expect(broken.stderr).toMatch(/\[DATA_INVALID\]\n$/);
  });
});

describe("SPIKEBENCH_CACHE_LIMIT", () => {
  it("removes after a run what others used, least recently first, and says so", async () => {
    const cwd = await filledPlace();
    const file = join(cwd, "experiment.yaml");
    const [first] = await list(cwd);
    await edit(file, "dimensions: 16", "dimensions: 17");
    const roomy = await spikebench(RUN, { cwd, env: { SPIKEBENCH_CACHE_LIMIT: "1GB" } });
    expect(roomy.stderr).not.toContain("cache:");
    const both = await list(cwd);
    expect(both.map(({ vectors }) => vectors)).toEqual([VECTORS, VECTORS]);
    await edit(file, "dimensions: 17", "dimensions: 18");
    const bytes = both.reduce((sum, one) => sum + one.bytes, 0);
    const limited = await spikebench(RUN, { cwd, env: { SPIKEBENCH_CACHE_LIMIT: `${bytes + 2_000}B` } });
    expect(limited.code).toBe(0);
    expect(limited.stderr).toMatch(/^cache: \d files? of vectors removed, least recently used first/m);
    const left = await list(cwd);
    expect(left.reduce((sum, one) => sum + one.bytes, 0)).toBeLessThanOrEqual(bytes + 2_000);
    expect(left[0]?.vectors).toBe(VECTORS);
    expect(left.find(({ id }) => id === first?.id)?.vectors ?? 0).toBeLessThan(VECTORS);
    await rm(join(cwd, "out"), { recursive: true });
    const small = await spikebench(RUN, { cwd, env: { SPIKEBENCH_CACHE_LIMIT: "1kB" } });
    expect(small.code).toBe(0);
    expect(small.stderr).toContain("this run alone used");
    expect(await shardsOf(cwd)).toEqual([]);
  });

  it("that is no size is one line before any work", async () => {
    const lab = await openLab(folder.path(`place-${places++}`), { experiment: EXPERIMENT });
    const ended = await spikebench(RUN, { cwd: lab.folder, env: { SPIKEBENCH_CACHE_LIMIT: "half" } });
    expect(ended).toMatchObject({ code: 2, stdout: "" });
    expect(ended.stderr).toMatch(/^spikebench: [^\n]*`SPIKEBENCH_CACHE_LIMIT`[^\n]*\[USAGE\]\n$/);
    expect(await filesBelow(join(lab.folder, "cache"))).toEqual(new Map());
  });
});
