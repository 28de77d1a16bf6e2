import { describe, expect, it } from "vitest";
import type { SearchedCorpus } from "../../harness/domain/dataset.ts";
import { docId } from "../../harness/domain/ids.ts";
import { vectorKeys } from "../../harness/encode/vector-key.ts";
import { jsonl, type Options, precomputedFiles, ROWS, rowsOf } from "./precomputed-files.ts";

const { folder, open } = precomputedFiles();

describe("a precomputed encoder's keys", () => {
  async function keys(options: Options = {}, more: Partial<SearchedCorpus> = {}) {
    const { encoder } = await open({ document: { path: "documents.jsonl" }, ...options }, more);
    return {
      document: vectorKeys(encoder, "document")({ id: "a", text: "" }),
      query: vectorKeys(encoder, "query")({ id: "q", text: "" }),
    };
  }

  it("belong to ids, whatever the texts say", async () => {
    await folder.write("documents.jsonl", rowsOf(["a", "b", "c"]));
    const { encoder } = await open({ document: { path: "documents.jsonl" } });
    const keyOf = vectorKeys(encoder, "document");
    expect(keyOf({ id: "a", text: "x" })).toBe(keyOf({ id: "a", text: "y" }));
    expect(keyOf({ id: "a", text: "x" })).not.toBe(keyOf({ id: "b", text: "x" }));
  });

  it("change with the file of their own role only", async () => {
    await folder.write("documents.jsonl", rowsOf(["a", "b", "c"]));
    const before = await keys();
    expect(await keys()).toEqual(before);
    await folder.write("other.jsonl", rowsOf(["q"], [[5, 5]]));
    const queries = await keys({ query: { path: "other.jsonl" } });
    expect(queries.document).toBe(before.document);
    expect(queries.query).not.toBe(before.query);
    await folder.write("documents.jsonl", rowsOf(["a", "c", "b"]));
    const documents = await keys();
    expect(documents.document).not.toBe(before.document);
    expect(documents.query).toBe(before.query);
  });

  it("change with what decides which vector an id has, and how it is read", async () => {
    await folder.write(
      "documents.jsonl",
      jsonl(ROWS.map((vector, row) => ({ id: "abc"[row], other: "bca"[row], vector }))),
    );
    await folder.write("ids.txt", "b\na\nc\n");
    const document = { path: "documents.jsonl" };
    const all = [
      await keys(),
      await keys({ document: { ...document, idField: "other" } }),
      await keys({ document: { ...document, ids: "ids.txt" } }),
      await keys({ document: { ...document, order: "dataset" } }),
      await keys({ document: { ...document, order: "dataset" } }, { docIds: ["c", "b", "a"].map(docId) }),
      await keys({ normalize: false }),
      await keys({ model: "MiniLM" }),
    ];
    expect(new Set(all.map(({ document: key }) => key)).size).toBe(all.length);
  });
});
