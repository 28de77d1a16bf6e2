import { mkdir, readdir, readFile, readlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { fetchDataset, openFetched } from "../../harness/datasets/fetch-dataset.ts";
import {
  blobFolder,
  COMMIT,
  corpus,
  corpusBlob,
  hubWithDataset,
  QRELS_COMMIT,
  qrels,
  queries,
  queriesBlob,
} from "./hub-dataset.ts";

const { hub, fresh, folder } = hubWithDataset();

describe("fetchDataset from the hub", () => {
  it("downloads what the format reads, and lays it out as huggingface_hub does", async () => {
    const options = fresh();
    const { files, revisions, downloaded, verified } = await fetchDataset(options);
    expect(files.paths).toEqual(["corpus.jsonl", "qrels/test.tsv", "queries.jsonl"]);
    expect(await readFile(files.absolute("corpus.jsonl"))).toEqual(corpus);
    expect(downloaded).toBe(corpus.length + queries.length + qrels.length);
    expect(verified).toBe(3);
    expect(revisions.map(({ commit }) => commit)).toEqual([COMMIT, QRELS_COMMIT]);
    const repository = join(options.hub.cacheFolder, "datasets--owner--set");
    expect(await readlink(join(repository, "snapshots", COMMIT, "corpus.jsonl"))).toBe(`../../blobs/${corpusBlob}`);
    expect((await readdir(join(repository, "blobs"))).sort()).toEqual([corpusBlob, queriesBlob].sort());
  });

  it("sends the token to the endpoint and not to where it redirects", async () => {
    await fetchDataset(fresh());
    const log = await hub.log();
    expect(log.filter(({ host }) => host === "cdn").map(({ authorization }) => authorization)).toEqual([null]);
    for (const { host, authorization } of log) if (host === "hub") expect(authorization).toBe("Bearer hf_secret");
  });

  it("asks for nothing when everything is there", async () => {
    const options = fresh();
    await fetchDataset(options);
    await hub.log();
    expect(await fetchDataset(options)).toMatchObject({ downloaded: 0, verified: 3 });
    expect((await openFetched(options)).files.paths.length).toBe(3);
    expect(await hub.log()).toEqual([]);
  });

  it("uses what huggingface_hub put there", async () => {
    const options = fresh();
    await mkdir(blobFolder(options), { recursive: true });
    await writeFile(join(blobFolder(options), corpusBlob), corpus);
    expect(await fetchDataset(options)).toMatchObject({ downloaded: queries.length + qrels.length });
  });

  it("resolves `main`, says to which commit, and stays with it in the cache", async () => {
    const options = fresh({}, "main");
    const { notes } = await fetchDataset(options);
    expect(notes[0]).toContain(COMMIT);
    const ref = join(options.hub.cacheFolder, "datasets--owner--set", "refs", "main");
    expect(await readFile(ref, "utf8")).toBe(COMMIT);
    await hub.log();
    expect((await openFetched(options)).notes).toEqual(notes);
    expect(await hub.log()).toEqual([]);
  });

  it("goes on after a cut connection and asks for the rest only", async () => {
    await hub.rules({ host: "cdn", url: "corpus.jsonl", cut: 60_000 });
    await fetchDataset(fresh());
    const ranges = (await hub.log()).filter(({ host }) => host === "cdn").map(({ range }) => range);
    expect(ranges).toEqual([null, "bytes=60000-"]);
  });

  it("starts over when the server ignores the range", async () => {
    await hub.rules({ host: "cdn", url: "corpus", cut: 50_000 }, { host: "cdn", url: "corpus", ignoreRange: true });
    const { files } = await fetchDataset(fresh());
    expect(await readFile(files.absolute("corpus.jsonl"))).toEqual(corpus);
  });

  it("can be stopped and goes on where it was", async () => {
    await hub.rules({ host: "cdn", url: "corpus.jsonl", stall: 40_000 });
    const stop = new AbortController();
    const options = fresh();
    const running = fetchDataset({
      ...options,
      signal: stop.signal,
      progress: {
        start: () => ({
          update: (done) => void (done >= 40_000 && stop.abort(new Error("enough"))),
          skip: () => undefined,
          end: () => undefined,
        }),
      },
    });
    await expect(running).rejects.toThrow("enough");
    await hub.log();
    await fetchDataset(options);
    const ranges = (await hub.log()).filter(({ host }) => host === "cdn").map(({ range }) => range);
    expect(ranges).toEqual([expect.stringMatching(/^bytes=\d{5}-$/)]);
  });

  it("counts silence as a cut", async () => {
    await hub.rules({ host: "cdn", url: "corpus.jsonl", stall: 40_000 });
    const { files } = await fetchDataset(fresh({ stallMs: 200 }));
    expect(await readFile(files.absolute("corpus.jsonl"))).toEqual(corpus);
  });

  it("does without the network when told to, and says what is missing", async () => {
    const options = fresh();
    await expect(fetchDataset({ ...options, hub: { ...options.hub, offline: true } })).rejects.toMatchObject({
      code: "OFFLINE",
    });
    await fetchDataset(options);
    await hub.log();
    await fetchDataset({ ...options, hub: { ...options.hub, offline: true } });
    expect(await hub.log()).toEqual([]);
  });

  it("offline, finds what huggingface_hub fetched", async () => {
    const options = fresh();
    await fetchDataset(options);
    const elsewhere = { ...options, cache: folder.path("another-cache"), hub: { ...options.hub, offline: true } };
    expect((await openFetched(elsewhere)).files.paths).toEqual(["corpus.jsonl", "qrels/test.tsv", "queries.jsonl"]);
  });

  it("is not harmed by a second one at the same time", async () => {
    const options = fresh();
    const both = await Promise.all([fetchDataset(options), fetchDataset(options)]);
    for (const { files } of both) expect(await readFile(files.absolute("corpus.jsonl"))).toEqual(corpus);
    expect((await readdir(blobFolder(options))).filter((name) => name.includes("incomplete"))).toEqual([]);
  });

  it("is needed before a dataset is opened", async () => {
    await expect(openFetched(fresh())).rejects.toMatchObject({
      code: "NOT_FETCHED",
      message: expect.stringContaining("spikebench datasets fetch made/set"),
    });
  });
});
