import type { SearchedCorpus } from "../../harness/domain/dataset.ts";
import { docId, queryId } from "../../harness/domain/ids.ts";
import { createEncoder } from "../../harness/encode/registry.ts";
import { type TemporaryFolder, temporaryFolder } from "../temporary-folder.ts";
import { collection, searched } from "./collection.ts";

/** The vectors of `a`, `b` and `c` in most tests. */
export const ROWS = [
  [3, 4],
  [0, 2],
  [-1, 0],
];

export type Options = Readonly<Record<string, unknown>>;

/** `queries.jsonl` has the vector of `q`. */
export const QUERIES = { path: "queries.jsonl" };

/** Documents `a`, `b`, `c`, and the query `q`. */
function dataset(more: Partial<SearchedCorpus>): SearchedCorpus {
  return searched(collection([]), {
    id: "my/set",
    docIds: ["a", "b", "c"].map(docId),
    queries: [{ id: queryId("q"), text: "?", excluded: [] }],
    ...more,
  });
}

/** A run that asks for scenarios of these ids. */
export function withScenarios(ids: readonly string[], names: readonly string[] = ["spike"]): Partial<SearchedCorpus> {
  const views = { contentHash: "", count: ids.length, views: () => ids.map((id) => ({ id, title: "", text: "" })) };
  return { asked: { queries: ["original"], scenarios: new Map(names.map((name) => [name, views])) } };
}

export function jsonl(rows: readonly object[]): string {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join("");
}

export function rowsOf(ids: readonly unknown[], vectors: readonly unknown[] = ROWS): string {
  return jsonl(ids.map((id, index) => ({ id, vector: vectors[index] })));
}

/** Rows of norm 1 as float32, one after the other. */
export function unit(...rows: readonly (readonly number[])[]): number[] {
  return rows.flatMap((row) => row.map((value) => Math.fround(value / Math.hypot(...row))));
}

/** A folder of vector files, and `precomputed` encoders that read them. Call it at the top of a file. */
export function precomputedFiles() {
  const folder: TemporaryFolder = temporaryFolder();

  async function open(options: Options, more: Partial<SearchedCorpus> = {}) {
    await folder.write(QUERIES.path, rowsOf(["q"]));
    const said: string[] = [];
    const services = { folder: folder.path(""), say: (line: string) => said.push(line) };
    const source = createEncoder({ kind: "precomputed", query: QUERIES, ...options }, services);
    return { encoder: await source.open(dataset(more)), said };
  }

  /** Values of the documents' vectors. */
  async function encode(
    options: Options,
    ids: readonly string[] = ["a", "b", "c"],
    more: Partial<SearchedCorpus> = {},
  ) {
    const { encoder } = await open(options, more);
    return [...(await encoder.encode(ids, "document")).vectors];
  }

  return { folder, open, encode };
}
