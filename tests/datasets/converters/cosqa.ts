import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { jsonLines, writeFiles } from "../load-folder.ts";

const codes = z.record(z.string(), z.number());
const queries = z.array(z.object({ idx: z.string(), doc: z.string(), retrieval_idx: z.number() }));

/** CoSQA's own files as a BEIR folder: a map of code to number, and queries that name the number of their one code. */
export async function convertCosqa(from: string, to: string): Promise<string> {
  const map = codes.parse(JSON.parse(await readFile(join(from, "code_idx_map.txt"), "utf8")));
  const test = queries.parse(JSON.parse(await readFile(join(from, "cosqa-retrieval-test-500.json"), "utf8")));
  const judged = test.map(({ idx, retrieval_idx }) => `${idx}\t${retrieval_idx}\t1\n`);
  return await writeFiles(to, {
    "corpus.jsonl": jsonLines(Object.entries(map).map(([text, index]) => ({ _id: String(index), text }))),
    "queries.jsonl": jsonLines(test.map(({ idx, doc }) => ({ _id: idx, text: doc }))),
    "qrels/test.tsv": `query-id\tcorpus-id\tscore\n${judged.join("")}`,
  });
}
