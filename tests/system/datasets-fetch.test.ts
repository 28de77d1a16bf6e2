import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, readFile, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { beforeEach, describe, expect, it } from "vitest";
import type { FetchOptions } from "../../harness/datasets/fetch-dataset.ts";
import { blobFolder, COMMIT, corpus, corpusBlob, hubWithDataset } from "../datasets/hub-dataset.ts";

const main = resolve(import.meta.dirname, "../../dist/cli/main.js");
const { hub, fresh, folder } = hubWithDataset();

let options: FetchOptions;
/** The command in a folder with a card, with caches of the test. */
const surroundings = () => ({
  cwd: folder.path(""),
  env: {
    // biome-ignore lint/style/noProcessEnv: a child process needs the path of node
    PATH: process.env["PATH"],
    HF_ENDPOINT: hub.address(""),
    HF_HUB_CACHE: options.hub.cacheFolder,
    HF_TOKEN: "hf_secret",
    SPIKEBENCH_CACHE: options.cache,
  },
});
const spikebench = (...args: readonly string[]) => promisify(execFile)("node", [main, ...args], surroundings());
const requests = async () => (await hub.log()).filter(({ host }) => host === "cdn").map(({ range }) => range);

beforeEach(async () => {
  options = fresh();
  await folder.write("run.yaml", RUN);
  await mkdir(folder.path("datasets"), { recursive: true });
  await folder.write("datasets/made.yaml", CARD);
  await folder.write("datasets/all.yaml", "summary: a group\nmembers: [made, demo]\n");
});

const CARD = `summary: two repositories
format: {kind: beir}
source:
  hub:
    - {repository: owner/set, revision: ${COMMIT}}
    - {repository: owner/set-qrels, revision: main, mount: qrels}
`;
const RUN = `version: 1
name: fetched
matrix: {retriever: [bm25], dataset: [made]}
measures: [nDCG@10]
`;

describe("spikebench datasets fetch", () => {
  it("fetches a group, which a run then uses without a network", async () => {
    const unfetched = spikebench("run", "run.yaml", "--out", options.cache);
    await expect(unfetched).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining("datasets fetch made") });
    const { stdout } = await spikebench("datasets", "fetch", "all");
    expect(stdout).toMatch(/^made: 3 files, 100\.\d kB, digests as expected; 100\.\d kB downloaded\.$/m);
    expect(stdout).toContain("Revision main of owner/set-qrels resolved to");
    expect(stdout).toContain("demo: nothing to fetch");
    await hub.log();
    await spikebench("run", "run.yaml", "--out", options.cache);
    expect(await hub.log()).toEqual([]);
  });

  it("may run twice at once", async () => {
    await Promise.all([spikebench("datasets", "fetch", "made"), spikebench("datasets", "fetch", "made")]);
    expect(await readFile(join(blobFolder(options), corpusBlob))).toEqual(corpus);
    expect((await readdir(blobFolder(options))).filter((name) => name.includes("incomplete"))).toEqual([]);
  });

  it.each([
    { signal: "SIGKILL", code: null },
    { signal: "SIGINT", code: 130 },
  ] as const)("goes on where it was after $signal", async ({ signal, code }) => {
    await hub.rules({ host: "cdn", url: "corpus.jsonl", stall: 60_000 });
    const child = spawn("node", [main, "datasets", "fetch", "made"], { ...surroundings(), stdio: "ignore" });
    await partArrives(child);
    child.kill(signal);
    expect((await once(child, "exit"))[0]).toBe(code);
    await requests();
    await spikebench("datasets", "fetch", "made");
    expect(await requests()).toEqual([expect.stringMatching(/^bytes=\d+-$/)]);
  });

  it("says in one line what is wrong", async () => {
    await expect(spikebench("datasets", "fetch", "mode")).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^spikebench: .*`made`.*\[UNKNOWN_DATASET\]\n$/),
    });
    await hub.rules({ url: "/tree/", status: 401, always: true });
    await expect(spikebench("datasets", "fetch", "made")).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^spikebench: [^\n]*HF_TOKEN[^\n]*\[REMOTE_REFUSED\]\n$/),
    });
  });
});

/** Waits until some bytes of the large file are on disk. */
async function partArrives(child: ChildProcess): Promise<void> {
  while (child.exitCode === null) {
    const names = await readdir(blobFolder(options)).catch(() => []);
    for (const name of names.filter((blob) => blob.startsWith(`${corpusBlob}.`))) {
      const found = await stat(join(blobFolder(options), name)).catch(() => undefined);
      if ((found?.size ?? 0) > 10_000) return;
    }
    await new Promise((wake) => setTimeout(wake, 20));
  }
}
