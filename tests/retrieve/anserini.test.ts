import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import type { DocId, QueryId } from "../../harness/domain/ids.ts";
import { tieRanks } from "../../harness/domain/run.ts";
import { topRows } from "../../harness/domain/top-rows.ts";
import type { ViewCollection } from "../../harness/domain/view.ts";
import { ndcg } from "../../harness/evaluate/measures/ndcg.ts";
import { createRetriever } from "../../harness/retrieve/registry.ts";
import { readJsonLines } from "../../harness/storage/jsonl.ts";
import { readLineBatches } from "../../harness/storage/text-lines.ts";

const data = resolve(import.meta.dirname, "../../../shared/data/beir");
// biome-ignore lint/style/noProcessEnv: CI says so that nothing may be skipped there
const present = existsSync(data) || process.env["SPIKEBENCH_REQUIRE_DATA"] === "1";
if (!present) process.stderr.write(`skipping tests/retrieve/anserini.test.ts: ${data} is absent\n`);

type Dataset = {
  readonly ids: readonly DocId[];
  readonly views: ViewCollection;
  readonly queries: readonly { readonly id: QueryId; readonly text: string }[];
  readonly qrels: ReadonlyMap<QueryId, Map<DocId, number>>;
};

async function load(name: string): Promise<Dataset> {
  const ids: DocId[] = [];
  const texts: { title: string; text: string }[] = [];
  for await (const batch of readJsonLines(`${data}/${name}/corpus.jsonl`)) {
    for (const { value } of batch) {
      ids.push(String(value["_id"]) as DocId);
      texts.push({ title: String(value["title"]), text: String(value["text"]) });
    }
  }
  const qrels = await loadQrels(name);
  const queries: { id: QueryId; text: string }[] = [];
  for await (const batch of readJsonLines(`${data}/${name}/queries.jsonl`)) {
    for (const { value } of batch) {
      const id = String(value["_id"]) as QueryId;
      if (qrels.has(id)) queries.push({ id, text: String(value["text"]) });
    }
  }
  const views = {
    contentHash: name,
    count: texts.length,
    async *views() {
      yield* texts;
    },
  };
  return { ids, views, queries, qrels };
}

async function loadQrels(name: string): Promise<Map<QueryId, Map<DocId, number>>> {
  const qrels = new Map<QueryId, Map<DocId, number>>();
  for await (const { first, lines } of readLineBatches(`${data}/${name}/qrels/test.tsv`)) {
    for (const line of first === 1 ? lines.slice(1) : lines) {
      const [query, doc, grade] = line.split("\t");
      const id = query as QueryId;
      qrels.set(id, (qrels.get(id) ?? new Map()).set(doc as DocId, Number(grade)));
    }
  }
  return qrels;
}

type Means = { readonly ndcg: number; readonly recall: number };

/** Mean nDCG@10 and R@100 of the top 1000 with ties in the given order; a document named like its query is dropped. */
async function evaluate(dataset: Dataset, fields: string, ties: Int32Array): Promise<Means> {
  const { ids, views, queries, qrels } = dataset;
  const services = { embeddings: { missing: () => Promise.resolve(0), embed: () => Promise.reject(new Error()) } };
  const opened = createRetriever({ kind: "bm25", fields }, services).open(views);
  const rows = await opened.score({ views, role: "document", queryTexts: queries.map(({ text }) => text) });
  const sums = { ndcg: 0, recall: 0 };
  for (const [query, { id }] of queries.entries()) {
    const scores = rows.row(query);
    const candidates = Int32Array.from([...scores.keys()].filter((row) => scores[row] !== 0 && `${ids[row]}` !== id));
    const found = [...topRows(scores, candidates, ties, 1000)].flatMap((row) => ids[row] ?? []);
    const ranking = found.map((docId, place) => ({ docId, score: -place }));
    const judgements = qrels.get(id) ?? new Map<DocId, number>();
    const relevant = [...judgements].filter(([, grade]) => grade >= 1).map(([docId]) => docId);
    sums.ndcg += ndcg.score(ranking, judgements, { cutoff: 10, minGrade: 1 });
    sums.recall += found.slice(0, 100).filter((docId) => relevant.includes(docId)).length / relevant.length;
  }
  return { ndcg: sums.ndcg / queries.length, recall: sums.recall / queries.length };
}

// Figures of Anserini's regressions, BM25 with k1 = 0.9 and b = 0.4 (docs/regressions/regressions-beir-v1.0.0-*.md).
describe.skipIf(!present).each([
  { name: "scifact", fields: "flat", published: { ndcg: 0.6789, recall: 0.9253 } },
  { name: "scifact", fields: "multifield", published: { ndcg: 0.6647, recall: 0.9076 } },
  { name: "nfcorpus", fields: "flat", published: { ndcg: 0.3218, recall: 0.2457 } },
  { name: "nfcorpus", fields: "multifield", published: { ndcg: 0.3254, recall: 0.25 } },
])("bm25 on $name, $fields", ({ name, fields, published }) => {
  it("is close to Anserini in the harness's order of ties", async () => {
    const dataset = await load(name);
    const found = await evaluate(dataset, fields, tieRanks(dataset.ids));
    expect(Math.abs(found.ndcg - published.ndcg)).toBeLessThan(0.002);
    expect(Math.abs(found.recall - published.recall)).toBeLessThan(0.005);
  });

  it("is Anserini's figure to the last digit with ties by ascending doc id, as Anserini sorts them", async () => {
    const dataset = await load(name);
    const ascending = tieRanks(dataset.ids).map((rank) => dataset.ids.length - 1 - rank);
    const found = await evaluate(dataset, fields, ascending);
    expect({ ndcg: Number(found.ndcg.toFixed(4)), recall: Number(found.recall.toFixed(4)) }).toEqual(published);
  });
});
