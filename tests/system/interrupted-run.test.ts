import type { ChildProcess } from "node:child_process";
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { spikebench } from "../cli/spikebench.ts";
import { filesBelow, type Lab, openLab } from "../pipeline/workspace.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const folder = temporaryFolder();
const DOCUMENTS = 6_000;
const QUERIES = 300;
/** Documents, their scenarios, and the queries. */
const TEXTS = DOCUMENTS * 2 + QUERIES;
const EXPERIMENT = `version: 1
name: small
retrievers:
  hashed: {kind: dense, encoder: {kind: hashed, dimensions: 128}}
  both: {kind: rrf, of: [bm25, hashed]}
scenarios:
  rewrites: {kind: file, path: scenarios.jsonl}
matrix:
  retriever: [bm25, hashed, both]
  dataset: [library]
  scenarios: [rewrites]
  alpha: [0, 0.5, 1]
hits: 200
`;
const RUN = ["run", "experiment.yaml", "--data", "library=data", "--out", "out", "--format", "json"];

/** Words of a fixed sequence: every text is its own, and the same in every lab. */
function textOf(seed: number): string {
  const words = Array.from({ length: 30 }, (_, index) => `w${((seed + 1) * (index + 7) * 7919) % 1009}`);
  return `t${seed} ${words.join(" ")}`;
}

async function bigLab(name: string): Promise<Lab> {
  const ids = Array.from({ length: DOCUMENTS }, (_, index) => `d${index}`);
  const queries = Array.from({ length: QUERIES }, (_, index) => ({
    _id: `q${index}`,
    text: textOf(index * 3 + 50_000),
  }));
  return await openLab(folder.path(name), {
    experiment: EXPERIMENT,
    dataset: {
      corpus: ids.map((_id, index) => ({ _id, text: textOf(index) })),
      queries,
      qrels: queries.map(({ _id }, index) => [_id, `d${index * 3}`, 1] as const),
    },
    scenarios: ids.map((_id, index) => ({ _id, text: textOf(index + 100_000) })),
  });
}

/** Sends a signal as soon as a file is there whose path below the lab ends so. */
function signalAt(lab: Lab, signal: NodeJS.Signals, pattern: RegExp): (child: ChildProcess) => void {
  return (child) => {
    async function look(): Promise<void> {
      // names alone: files come and go while it looks
      const names = await readdir(lab.folder, { recursive: true });
      if (names.some((name) => pattern.test(name))) child.kill(signal);
      else if (child.exitCode === null) setTimeout(() => void look(), 20);
    }
    void look();
  };
}

/** Files under the names that a run gives them, so without what a killed one left behind. */
async function finalFiles(lab: Lab): Promise<ReadonlyMap<string, string>> {
  const files = await filesBelow(join(lab.folder, "out"));
  return new Map([...files].filter(([name]) => !name.endsWith(".tmp")));
}

let uninterrupted: ReadonlyMap<string, string>;
beforeAll(async () => {
  const lab = await bigLab("uninterrupted");
  expect(await spikebench(RUN, { cwd: lab.folder })).toMatchObject({ code: 0 });
  uninterrupted = await finalFiles(lab);
  // cells, scores by channel of those that fuse, six reports and the result, page and its two files, charts of two measures
  expect(uninterrupted.size).toBe(12 * 3 + 6 + 7 + 3 + (2 + 2 * 3 + 3 + 3));
}, 60_000);

/** Everything that is there under a final name is what the whole run has there: nothing half-written. */
async function expectResumable(lab: Lab): Promise<string> {
  for (const [name, bytes] of await finalFiles(lab)) {
    if (name.includes("@")) expect(uninterrupted.get(name), name).toBe(bytes);
  }
  const resumed = await spikebench(RUN, { cwd: lab.folder });
  expect(resumed.code).toBe(0);
  expect(await finalFiles(lab)).toEqual(uninterrupted);
  return resumed.stderr;
}

/** A shard of thousands of texts; those of single batches come before. */
const SEALED = /\/[0-9a-f]{64}\.arrow$/;
const WRITING = /run\.trec\.gz\..*\.tmp$/;

describe("a run that is stopped", () => {
  it.each([
    { signal: "SIGINT", code: 130, word: "INTERRUPTED" },
    { signal: "SIGTERM", code: 143, word: "TERMINATED" },
  ] as const)("by $signal exits $code, cleans up and is continued", async ({ signal, code, word }) => {
    const lab = await bigLab(signal);
    const ended = await spikebench(RUN, { cwd: lab.folder, watch: signalAt(lab, signal, WRITING) });
    expect(ended).toMatchObject({ code, stdout: "" });
    expect(ended.stderr).toContain(`[${word}]`);
    expect([...(await filesBelow(lab.folder)).keys()].filter((name) => name.endsWith(".tmp"))).toEqual([]);
    await expectResumable(lab);
  });

  it("by SIGINT while it encodes keeps what was encoded", async () => {
    const lab = await bigLab("encoding");
    const ended = await spikebench(RUN, { cwd: lab.folder, watch: signalAt(lab, "SIGINT", SEALED) });
    expect(ended).toMatchObject({ code: 130 });
    const [, encoded] = /; ([\d,]+) texts encoded/.exec(await expectResumable(lab)) ?? [];
    expect(Number(encoded?.replaceAll(",", ""))).toBeLessThan(TEXTS - 1_000);
  });

  it("by kill -9 while it writes is continued, and its leftovers do no harm", async () => {
    const lab = await bigLab("killed");
    const ended = await spikebench(RUN, { cwd: lab.folder, watch: signalAt(lab, "SIGKILL", WRITING) });
    expect(ended).toMatchObject({ code: null, signal: "SIGKILL" });
    const left = [...(await filesBelow(lab.folder)).keys()].filter((name) => name.endsWith(".tmp"));
    expect(left.length).toBeGreaterThan(0);
    await expectResumable(lab);
  });

  it("by kill -9 while it encodes is continued", async () => {
    const lab = await bigLab("killed-encoding");
    const ended = await spikebench(RUN, { cwd: lab.folder, watch: signalAt(lab, "SIGKILL", SEALED) });
    expect(ended).toMatchObject({ signal: "SIGKILL" });
    // a torn shard of another process's making is passed over as well
    await writeFile(join(lab.folder, "cache", "vectors", "torn.arrow"), "ARROW1");
    const [, encoded] = /; ([\d,]+) texts encoded/.exec(await expectResumable(lab)) ?? [];
    expect(Number(encoded?.replaceAll(",", ""))).toBeLessThan(TEXTS - 1_000);
  });
});

it("a run long enough for progress goes on when nobody reads it", async () => {
  const lab = await bigLab("no-reader");
  const ended = await spikebench(RUN, { cwd: lab.folder, watch: (child) => child.stderr?.destroy() });
  expect(ended.code).toBe(0);
  expect(await finalFiles(lab)).toEqual(uninterrupted);
});
