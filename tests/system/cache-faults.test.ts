import { readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { spikebench } from "../cli/spikebench.ts";
import { type OpenaiProcess, startOpenaiServer } from "../encode/openai-process.ts";
import { edit, type Lab } from "../pipeline/workspace.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import {
  askedFor,
  BATCH_TEXTS,
  durableTexts,
  finalFiles,
  openServedLab,
  RUN,
  runServed,
  type ServedOptions,
  type ServedTexts,
  servedTexts,
  vectorsOf,
} from "./served-lab.ts";
import { onSmallDisk } from "./small-disk.ts";

const TEXTS = servedTexts({ documents: 1_200, scenarios: 300, queries: 20 });
const COUNT = 1_200 + 300 + 20;

const folder = temporaryFolder();
const storedTexts = await durableTexts(TEXTS);
let server: OpenaiProcess;
let labs = 0;
beforeEach(async () => {
  server = await startOpenaiServer();
});
afterEach(() => server.release());

async function openServed(texts: ServedTexts = TEXTS, options: Partial<ServedOptions> = {}): Promise<Lab> {
  return await openServedLab(folder.path(`lab-${labs++}`), texts, { port: server.ports[0], ...options });
}

/** Texts that were asked for since the last look. */
const asked = async () => askedFor(await server.tell({}));
const allTexts = ({ documents, scenarios, queries }: ServedTexts) => [...documents, ...scenarios, ...queries];

/** The same run without its results, so that it needs every vector again. */
async function runAnew(lab: Lab) {
  await rm(join(lab.folder, "out"), { recursive: true });
  return await runServed(lab);
}

let expected: ReadonlyMap<string, string>;
/** What a run without any trouble leaves behind; where its server is makes no difference. */
beforeAll(async () => {
  const undisturbed = await startOpenaiServer();
  const lab = await openServedLab(folder.path("whole"), TEXTS, { port: undisturbed.ports[0] });
  expect(await runServed(lab)).toMatchObject({ code: 0 });
  expected = await finalFiles(lab);
  undisturbed.release();
});

/** The line that a command ends with; progress may come before. */
function lastLine(stderr: string): string {
  return stderr.trimEnd().split("\n").at(-1) ?? "";
}

describe("a shard that is damaged between two runs", () => {
  it.each<{ readonly why: string; readonly damage: (path: string) => Promise<void> }>([
    { why: "cut short", damage: (path) => truncate(path, 5_000) },
    { why: "emptied", damage: (path) => truncate(path, 0) },
    { why: "changed in one bit", damage: flipMiddleBit },
    { why: "another file under its name", damage: (path) => writeFile(path, "ARROW1\0\0 of somebody else ARROW1") },
  ])("($why) costs a warning and its own texts, and changes no result", async ({ damage }) => {
    const lab = await openServed();
    expect(await runServed(lab)).toMatchObject({ code: 0 });
    expect(await finalFiles(lab)).toEqual(expected);
    expect((await asked()).toSorted()).toEqual(allTexts(TEXTS).toSorted());
    const vectors = await vectorsOf(lab);
    const [victim = ""] = (await readdir(vectors)).filter((name) => name.endsWith(".arrow"));
    const path = join(vectors, victim);
    const before = await storedTexts(vectors);
    const bytes = await readFile(path);
    await rm(path);
    const others = await storedTexts(vectors);
    await writeFile(path, bytes);
    await damage(path);

    const again = await runAnew(lab);
    expect(again.code).toBe(0);
    expect(again.stderr.split(victim)).toHaveLength(2);
    expect((await asked()).toSorted()).toEqual([...before].filter((text) => !others.has(text)).toSorted());
    // encoded together again, the same vectors make the same shard
    expect(await finalFiles(lab)).toEqual(expected);
    const third = await runAnew(lab);
    expect(third.code).toBe(0);
    expect(third.stderr).not.toContain(victim);
    expect(await asked()).toEqual([]);
  });

  it("(one of others beside them) is passed over with a warning", async () => {
    const lab = await openServed();
    expect(await runServed(lab)).toMatchObject({ code: 0 });
    await asked();
    const foreign = join(await vectorsOf(lab), `${"0".repeat(64)}.arrow`);
    await writeFile(foreign, "ARROW1\0\0 of somebody else ARROW1");
    const again = await runAnew(lab);
    expect(again.code).toBe(0);
    expect(again.stderr.split(foreign)).toHaveLength(2);
    expect(await asked()).toEqual([]);
    await rm(foreign);
    expect(await finalFiles(lab)).toEqual(expected);
  });
});

describe("a disk that is full while a cache fills", () => {
  it("ends the run in one line and keeps what was stored; with room it goes on from there", async ({ skip }) => {
    const lab = await openServed();
    await onSmallDisk({ path: join(lab.folder, "cache"), size: "100k", skip }, async (disk) => {
      const ended = await runServed(lab);
      expect(ended).toMatchObject({ code: 2, stdout: "" });
      expect(lastLine(ended.stderr)).toMatch(/^spikebench: .*\. \[DISK_FULL\]$/);
      expect((await readdir(join(lab.folder, "cache"), { recursive: true })).filter(isTemporary)).toEqual([]);
      const stored = await storedTexts(await vectorsOf(lab));
      expect(stored.size).toBeGreaterThan(0);
      await asked();
      await disk.resize("16m");
      expect(await runServed(lab)).toMatchObject({ code: 0 });
      expect((await asked()).toSorted()).toEqual(
        allTexts(TEXTS)
          .filter((text) => !stored.has(text))
          .toSorted(),
      );
      expect(await finalFiles(lab)).toEqual(expected);
    });
  });
});

describe("a server that dies half way", () => {
  it("ends the run in one line; once it is back, the same command asks for the rest only", async () => {
    const lab = await openServed(TEXTS, { encoder: ", retries: 0" });
    await server.tell({ always: { delay: 15 } });
    const ended = await spikebench(RUN, {
      cwd: lab.folder,
      watch: () => void server.reached(COUNT / 2).then(() => server.kill()),
    });
    expect(ended).toMatchObject({ code: 2, stdout: "" });
    expect(lastLine(ended.stderr)).toMatch(/^spikebench: .*\. \[REMOTE_UNREACHABLE\]$/);
    const stored = await storedTexts(await vectorsOf(lab));
    expect(stored.size).toBeGreaterThanOrEqual(COUNT / 2 - 2 * BATCH_TEXTS);

    server = await startOpenaiServer(server.ports);
    expect(await runServed(lab)).toMatchObject({ code: 0 });
    expect((await asked()).toSorted()).toEqual(
      allTexts(TEXTS)
        .filter((text) => !stored.has(text))
        .toSorted(),
    );
    expect(await finalFiles(lab)).toEqual(expected);
  });

  it("and is back before all tries are over is waited for", async () => {
    const lab = await openServed();
    await server.tell({ always: { delay: 15 } });
    const restarted = server.reached(COUNT / 2).then(async () => {
      await server.kill();
      server = await startOpenaiServer(server.ports);
    });
    expect(await runServed(lab)).toMatchObject({ code: 0 });
    await restarted;
    expect((await asked()).length).toBeLessThanOrEqual(COUNT / 2 + BATCH_TEXTS);
    expect(await finalFiles(lab)).toEqual(expected);
  });
});

describe("what a vector depends on", () => {
  it("a text that is query, document and scenario has a vector for each, and each follows its own instruction", async () => {
    const same = ["osmosis in a plant cell", "a mutex guards shared state", "prices rise"];
    const texts = { documents: same, scenarios: same, queries: same };
    const instructions = `, instructions: {query: "query: {text}", document: "passage: {text}", scenario: "{text}"}`;
    const lab = await openServed(texts, { encoder: instructions });
    expect(await runServed(lab)).toMatchObject({ code: 0 });
    const sent = (form: string) => same.map((text) => form + text);
    expect((await asked()).toSorted()).toEqual([...sent("query: "), ...sent("passage: "), ...same].toSorted());

    await edit(lab.file, "query: {text}", "question: {text}");
    expect(await runAnew(lab)).toMatchObject({ code: 0 });
    expect((await asked()).toSorted()).toEqual(sent("question: ").toSorted());
    await edit(lab.file, "passage: {text}", "question: {text}");
    expect(await runAnew(lab)).toMatchObject({ code: 0 });
    // what the server reads is what it has read as queries; the role alone keeps the vectors apart
    expect((await asked()).toSorted()).toEqual(sent("question: ").toSorted());
  });

  it("a model of another revision has vectors of its own, and the first one's are still there", async () => {
    const texts = servedTexts({ documents: 40, scenarios: 10, queries: 5 });
    const lab = await openServed(texts, { encoder: ", revision: first" });
    expect(await runServed(lab)).toMatchObject({ code: 0 });
    const first = await finalFiles(lab);
    expect(await asked()).toHaveLength(55);
    await edit(lab.file, "revision: first", "revision: second");
    expect(await runAnew(lab)).toMatchObject({ code: 0 });
    expect((await asked()).toSorted()).toEqual(allTexts(texts).toSorted());
    await edit(lab.file, "revision: second", "revision: first");
    expect(await runAnew(lab)).toMatchObject({ code: 0 });
    expect(await asked()).toEqual([]);
    const files = await finalFiles(lab);
    for (const [name, hash] of first) expect(files.get(name), name).toBe(hash);
  });
});

describe("two processes that fill one cache at once", () => {
  it("both end well when one is killed in the middle and run again", async () => {
    const lab = await openServed();
    await server.tell({ always: { delay: 15 } });
    const runInto = (out: string, watch: Parameters<typeof spikebench>[1]["watch"] = () => undefined) =>
      spikebench(
        [...RUN, "--out", out].filter((_, at) => at !== RUN.indexOf("--out") && at !== RUN.indexOf("out")),
        {
          cwd: lab.folder,
          watch,
        },
      );
    const [survivor, killed] = await Promise.all([
      runInto("out"),
      runInto("other", (child) => void server.reached(COUNT).then(() => child.kill("SIGKILL"))),
    ]);
    expect(survivor).toMatchObject({ code: 0 });
    expect(killed).toMatchObject({ code: null, signal: "SIGKILL" });
    await asked();
    expect(await runInto("other")).toMatchObject({ code: 0 });
    expect(await asked()).toEqual([]);
    expect(await finalFiles(lab)).toEqual(expected);
  });
});

async function flipMiddleBit(path: string): Promise<void> {
  const bytes = await readFile(path);
  const middle = bytes.length >> 1;
  bytes.writeUInt8(bytes.readUInt8(middle) ^ 1, middle);
  await writeFile(path, bytes);
}

function isTemporary(name: string): boolean {
  return name.endsWith(".tmp");
}
