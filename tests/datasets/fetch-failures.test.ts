import { readdir, readFile, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { fetchDataset, openFetched } from "../../harness/datasets/fetch-dataset.ts";
import { blobFolder, COMMIT, corpus, corpusBlob, hubWithDataset, queries, queriesBlob } from "./hub-dataset.ts";

const { hub, fresh } = hubWithDataset();

describe("a digest that is wrong", () => {
  it("fetches a file with a flipped byte again", async () => {
    await hub.rules({ host: "cdn", url: "corpus.jsonl", flip: true });
    const { files } = await fetchDataset(fresh());
    expect(await readFile(files.absolute("corpus.jsonl"))).toEqual(corpus);
  });

  it.each(["corpus.jsonl", "queries.jsonl"])(
    "refuses %s when its digest is wrong twice, and keeps nothing",
    async (name) => {
      await hub.rules({ url: name, host: name === "corpus.jsonl" ? "cdn" : "hub", flip: true, always: true });
      const options = fresh();
      await expect(fetchDataset(options)).rejects.toMatchObject({
        code: "CHECKSUM_MISMATCH",
        message: expect.stringContaining(name),
      });
      expect(await readdir(blobFolder(options))).not.toContain(name === "corpus.jsonl" ? corpusBlob : queriesBlob);
    },
  );

  it("finds a damaged file in the cache: refused when opened, mended when fetched", async () => {
    const options = fresh();
    await fetchDataset(options);
    const blob = join(blobFolder(options), corpusBlob);
    const damaged = Buffer.from(corpus);
    damaged[100] = 33;
    await writeFile(blob, damaged);
    await expect(openFetched(options)).rejects.toMatchObject({
      code: "CHECKSUM_MISMATCH",
      hint: expect.stringContaining("fetch made/set"),
    });
    expect(await fetchDataset(options)).toMatchObject({ downloaded: corpus.length });
    expect(await readFile(blob)).toEqual(corpus);
  });

  it("hashes again when fetched, even if size and time of a file say nothing", async () => {
    const options = fresh();
    await fetchDataset(options);
    const blob = join(blobFolder(options), corpusBlob);
    await utimes(blob, 1_000, 1_000);
    await openFetched(options);
    const damaged = Buffer.from(corpus);
    damaged[100] = 33;
    await writeFile(blob, damaged);
    await utimes(blob, 1_000, 1_000);
    expect(await fetchDataset(options)).toMatchObject({ downloaded: corpus.length });
  });
});

describe("a hub that refuses", () => {
  it("tries 429 and 500 again, and no more than five times", async () => {
    await hub.rules({ url: "/tree/", status: 429, headers: { "retry-after": "1" } }, { url: "/tree/", status: 503 });
    await fetchDataset(fresh());
    await hub.rules({ url: "owner/set/tree/", status: 500, always: true });
    await hub.log();
    await expect(fetchDataset(fresh())).rejects.toMatchObject({ code: "REMOTE_UNREACHABLE" });
    expect((await hub.log()).filter(({ url }) => url.includes("owner/set/tree/")).length).toBe(5);
  });

  it.each([
    { status: 401, says: "HF_TOKEN" },
    { status: 403, says: "terms" },
    { status: 404, says: "revision" },
    { status: 429, says: "Wait" },
  ])("says what to do about $status", async ({ status, says }) => {
    await hub.rules({ url: "/tree/", status, always: true });
    await expect(fetchDataset(fresh())).rejects.toMatchObject({
      code: "REMOTE_REFUSED",
      message: expect.stringContaining(says),
    });
  });

  it("names an unknown revision", async () => {
    await expect(fetchDataset(fresh({}, "e".repeat(40)))).rejects.toMatchObject({
      code: "REMOTE_REFUSED",
      message: expect.stringContaining("eeee"),
    });
  });

  it("refuses paths that would leave the cache", async () => {
    await hub.serve({ "owner/set": { commit: COMMIT, files: { "../../evil": { content: queries, lfs: false } } } });
    await expect(fetchDataset(fresh())).rejects.toMatchObject({ code: "REMOTE_REFUSED" });
  });
});
