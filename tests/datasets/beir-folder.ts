import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

export type BeirFiles = {
  readonly corpus?: readonly object[] | string;
  readonly queries?: readonly object[] | string;
  /** Lines `query doc grade`, or the text of the file. */
  readonly qrels?: readonly (readonly [string, string, number])[] | string;
};

export const SMALL = {
  corpus: [
    { _id: "d1", title: "Osmosis", text: "Water moves through a membrane." },
    { _id: "d2", title: "", text: "Prices rise when supply falls." },
    { _id: "d3", text: "A mutex guards shared state." },
  ],
  queries: [
    { _id: "q1", text: "Why does a membrane let water pass?" },
    { _id: "q2", text: "Why do prices rise?" },
    { _id: "q3", text: "nobody judged this one" },
  ],
  qrels: [
    ["q1", "d1", 2],
    ["q1", "d3", 0],
    ["q2", "d2", 1],
  ],
} as const satisfies BeirFiles;

/** Writes a BEIR folder; what is left out is `SMALL`'s. */
export async function writeBeirFolder(folder: string, files: BeirFiles = {}): Promise<string> {
  const { corpus = SMALL.corpus, queries = SMALL.queries, qrels = SMALL.qrels } = files;
  await mkdir(join(folder, "qrels"), { recursive: true });
  await writeFile(join(folder, "corpus.jsonl"), jsonLines(corpus));
  await writeFile(join(folder, "queries.jsonl"), jsonLines(queries));
  const rows = typeof qrels === "string" ? qrels : qrels.map((row) => `${row.join("\t")}\n`).join("");
  const text = typeof qrels === "string" ? qrels : `query-id\tcorpus-id\tscore\n${rows}`;
  await writeFile(join(folder, "qrels", "test.tsv"), text);
  return folder;
}

function jsonLines(rows: readonly object[] | string): string {
  return typeof rows === "string" ? rows : rows.map((row) => `${JSON.stringify(row)}\n`).join("");
}
