// Seconds to index a BEIR folder (corpus.jsonl, queries.jsonl) and to score 300 of its queries, medians of five rounds.
// npm run build && node bench/bm25.mjs <folder>
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { NO_PROMPTS } from "../dist/domain/dataset.js";
import { createRetriever } from "../dist/retrieve/registry.js";

const ROUNDS = 5;
const QUERIES = 300;

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error("usage: node bench/bm25.mjs <folder of a BEIR dataset>");

async function readObjects(name) {
  const text = await readFile(join(folder, name), "utf8");
  return text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
}

const documents = await readObjects("corpus.jsonl");
const queries = (await readObjects("queries.jsonl")).slice(0, QUERIES);
const views = {
  contentHash: folder,
  count: documents.length,
  async *views() {
    yield* documents;
  },
};

async function round() {
  const opened = await createRetriever({ kind: "bm25" }, {}).open({ corpus: views, prompts: NO_PROMPTS });
  const start = performance.now();
  const rows = await opened.score({ views, role: "document", queries });
  const indexed = performance.now();
  for (const query of queries.keys()) rows.row(query);
  return { indexing: (indexed - start) / 1000, scoring: (performance.now() - indexed) / 1000 };
}

const rounds = [];
for (let count = 0; count < ROUNDS; count += 1) rounds.push(await round());
const median = (name) =>
  rounds
    .map((times) => times[name])
    .sort((a, b) => a - b)
    [ROUNDS >> 1].toFixed(3);
process.stdout.write(
  `${documents.length} documents, ${queries.length} queries; first indexing ${rounds[0].indexing.toFixed(3)} s; ` +
    `medians of ${ROUNDS}: indexing ${median("indexing")} s, scoring ${median("scoring")} s\n`,
);
