import { createHash } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { cardSchema } from "../../harness/datasets/card.ts";
import { type FetchOptions, fetchDataset, openFetched } from "../../harness/datasets/fetch-dataset.ts";
import { createFormat } from "../../harness/datasets/registry.ts";
import { silentProgress } from "../../harness/runtime/progress.ts";
import { hubStandIn } from "../remote/hub-stand-in.ts";
import { zipFile } from "../storage/zip-file.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const folder = temporaryFolder();
const hub = hubStandIn();
const archive = zipFile([
  { name: "set/corpus.jsonl", content: '{"_id": "d1", "text": "one"}\n'.repeat(500), stored: true },
  { name: "set/queries.jsonl", content: '{"_id": "q1", "text": "two"}\n' },
  { name: "set/qrels/test.tsv", content: "query-id\tcorpus-id\tscore\nq1\td1\t1\n" },
]);
const digest = (algorithm: string) => createHash(algorithm).update(archive).digest("hex");

let place = 0;
function fresh(known: object = {}): FetchOptions {
  const root = folder.path(String(++place));
  const source = { zip: { url: hub.address("/set.zip"), ...known } };
  const card = cardSchema.parse({ summary: "x", format: { kind: "beir" }, source });
  return {
    id: "beir/set",
    card,
    format: createFormat(card.format),
    hub: hub.settings(join(root, "hub")),
    cache: join(root, "own"),
    progress: silentProgress,
  };
}

beforeEach(() => hub.serve({}, { "/set.zip": archive }));

describe("fetchDataset from an archive", () => {
  it("unpacks it below its sha256, sends no token, and asks for nothing the second time", async () => {
    const options = fresh();
    const { files, notes, downloaded } = await fetchDataset(options);
    expect(files.where).toBe(join(options.cache, "datasets", "beir%2Fset", digest("sha256")));
    expect(files.paths).toEqual(["corpus.jsonl", "qrels/test.tsv", "queries.jsonl"]);
    expect(notes[0]).toContain(digest("sha256"));
    expect(downloaded).toBe(archive.length);
    expect((await hub.log()).map(({ authorization }) => authorization)).toEqual([null]);
    expect(
      (await readdir(join(options.cache, "datasets", "beir%2Fset"))).filter((name) => name.includes("zip")),
    ).toEqual([]);
    expect((await fetchDataset(options)).downloaded).toBe(0);
    expect((await openFetched(options)).files.paths).toEqual(files.paths);
    expect(await hub.log()).toEqual([]);
  });

  it.each([
    { why: "a digest is known", known: () => ({ md5: digest("md5"), bytes: archive.length }) },
    { why: "the server vouches for it", known: () => ({}) },
  ])("goes on after a cut connection when $why", async ({ known }) => {
    await hub.rules({ url: "set.zip", cut: 5_000 });
    await fetchDataset(fresh(known()));
    expect((await hub.log()).map(({ range }) => range)).toEqual([null, "bytes=5000-"]);
  });

  it.each([{ sha256: "0".repeat(64) }, { md5: "0".repeat(32) }])("refuses another archive than %o", async (known) => {
    await expect(fetchDataset(fresh(known))).rejects.toMatchObject({ code: "CHECKSUM_MISMATCH" });
    expect((await hub.log()).length).toBe(2);
  });

  it("refuses more bytes than the card says", async () => {
    await expect(fetchDataset(fresh({ bytes: 100 }))).rejects.toMatchObject({ code: "CHECKSUM_MISMATCH" });
  });

  it("says so when the address is gone, or nothing was fetched, or the network is forbidden", async () => {
    const options = fresh();
    await expect(openFetched(options)).rejects.toMatchObject({ code: "NOT_FETCHED" });
    const offline = { ...options, hub: { ...options.hub, offline: true } };
    await expect(fetchDataset(offline)).rejects.toMatchObject({ code: "OFFLINE" });
    await hub.rules({ url: "set.zip", status: 404 });
    await expect(fetchDataset(options)).rejects.toMatchObject({ code: "REMOTE_REFUSED" });
  });

  it("finds a file that was changed after it was unpacked, and mends it", async () => {
    const options = fresh();
    const { files } = await fetchDataset(options);
    const path = files.absolute("queries.jsonl");
    const before = await readFile(path, "utf8");
    await writeFile(path, before.replace("two", "six"));
    await expect(openFetched(options)).rejects.toMatchObject({ code: "CHECKSUM_MISMATCH", where: path });
    await fetchDataset(options);
    expect(await readFile(path, "utf8")).toBe(before);
  });

  it("refuses an archive without the files of the format", async () => {
    await hub.serve({}, { "/set.zip": zipFile([{ name: "readme.txt", content: "x" }]) });
    await expect(fetchDataset(fresh())).rejects.toMatchObject({ code: "FILE_MISSING" });
  });
});
