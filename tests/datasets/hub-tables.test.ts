import { describe, expect, it } from "vitest";
import { findTable } from "../../harness/datasets/hub-tables.ts";
import type { FileListing } from "../../harness/datasets/types.ts";

function listing(paths: readonly string[], readme?: string): FileListing {
  return {
    where: "owner/set",
    paths: readme === undefined ? paths : ["README.md", ...paths],
    readText: () => Promise.resolve(readme ?? ""),
  };
}

const README = `---
license: cc-by-4.0
configs:
- config_name: documents
  data_files:
  - split: biology
    path: documents/biology-*
  - split: pony
    path:
    - documents/pony-0.parquet
    - documents/pony-1.parquet
- config_name: 2024
  data_files: year/test.jsonl
- config_name: listed
  data_files: ["x/train.csv", "x/test.csv"]
- config_name: folder
  data_dir: y
- config_name: gone
  data_files:
  - {split: test, path: nowhere/*}
---
# A set
`;
const PATHS = [
  "documents/biology-00000-of-00002.parquet",
  "documents/biology-00001-of-00002.parquet",
  "documents/pony-0.parquet",
  "documents/pony-1.parquet",
  "year/test.jsonl",
  "x/train.csv",
  "x/test.csv",
  "y/deep/test-0.parquet",
  "other/test-00000-of-00001.parquet",
];

describe("findTable", () => {
  it.each([
    { config: "documents", split: "biology", paths: PATHS.slice(0, 2) },
    { config: "documents", split: "pony", paths: PATHS.slice(2, 4) },
    { config: "2024", split: "test", paths: ["year/test.jsonl"] },
    { config: "listed", split: "test", paths: ["x/test.csv"] },
    { config: "folder", split: "test", paths: ["y/deep/test-0.parquet"] },
  ])("finds split $split of config $config where the README declares it", async ({ config, split, paths }) => {
    const found = await findTable(listing(PATHS, README), { root: "", config, split });
    expect(found).toEqual({ paths, declaredIn: "README.md" });
  });

  it.each([
    {
      what: "a config's folder of shards",
      paths: ["biology/test-00000-of-00001.parquet", "biology/train-00000-of-00001.parquet"],
      config: "biology",
      found: 1,
    },
    {
      what: "a config's folder of a split's folder",
      paths: ["biology/test/0000.parquet", "biology/test/0001.parquet"],
      config: "biology",
      found: 2,
    },
    { what: "a config's folder of files", paths: ["biology/test.jsonl.gz"], config: "biology", found: 1 },
    { what: "the data folder", paths: ["data/test-00000-of-00001.parquet"], config: "default", found: 1 },
    { what: "the top", paths: ["test.tsv"], config: "default", found: 1 },
    {
      what: "the top, in shards",
      paths: ["test-00000-of-00002.parquet", "test-00001-of-00002.parquet"],
      config: "default",
      found: 2,
    },
    { what: "a folder called default", paths: ["default/test/0000.parquet"], config: "default", found: 1 },
    { what: "BEIR's folder of qrels", paths: ["qrels/test.tsv"], config: "default", found: 1 },
    { what: "a file called as the config", paths: ["test.jsonl.gz"], config: "test", found: 1 },
  ])("finds, without a declaration, $what", async ({ paths, config, found }) => {
    const table = await findTable(listing(paths), { root: "", config, split: "test" });
    expect(table).toEqual({ paths: paths.slice(0, found), declaredIn: undefined });
  });

  it("looks below the root alone", async () => {
    const files = listing(["test.tsv", "judged/test.tsv"]);
    expect(await findTable(files, { root: "judged", config: "default", split: "test" })).toMatchObject({
      paths: ["judged/test.tsv"],
    });
  });

  it("does not take another split whose name begins alike", async () => {
    const files = listing(["set/test-long-00000-of-00001.parquet"]);
    await expect(findTable(files, { root: "", config: "set", split: "test" })).rejects.toMatchObject({
      code: "FILE_MISSING",
    });
  });

  it.each([
    { why: "an unknown split", config: "documents", split: "chemistry", says: /`biology`, `pony`/ },
    { why: "an unknown config", config: "papers", split: "biology", says: /`documents`, `2024`, `listed`/ },
    { why: "declared files that are not there", config: "gone", split: "test", says: /`nowhere\/\*`/ },
  ])("names what there is instead of $why", async ({ config, split, says }) => {
    await expect(findTable(listing(PATHS, README), { root: "", config, split })).rejects.toMatchObject({
      code: "FILE_MISSING",
      message: expect.stringMatching(says),
    });
  });

  it("refuses a declaration that is none", async () => {
    const files = listing(PATHS, "---\nconfigs:\n- config_name: [a]\n---\n");
    await expect(findTable(files, { root: "", config: "a", split: "b" })).rejects.toMatchObject({
      code: "SPEC_INVALID",
    });
    const torn = listing(PATHS, "---\nconfigs: [\n---\n");
    await expect(findTable(torn, { root: "", config: "a", split: "b" })).rejects.toMatchObject({
      code: "SPEC_INVALID",
    });
  });
});
