import { join } from "node:path";
import { expect, it } from "vitest";
import { loadDataset } from "../../harness/datasets/load-dataset.ts";
import { listLocalFiles } from "../../harness/datasets/local-files.ts";
import { createFormat } from "../../harness/datasets/registry.ts";
import type { Dataset } from "../../harness/domain/dataset.ts";
import { DEFAULT_POLICY } from "../../harness/domain/policy.ts";
import { type Ranking, tieRanks } from "../../harness/domain/run.ts";
import { topRows } from "../../harness/domain/top-rows.ts";
import { gradeRanking } from "../../harness/evaluate/graded-ranking.ts";
import { parseMeasures } from "../../harness/evaluate/parse-measure.ts";
import { createRetriever } from "../../harness/retrieve/registry.ts";
import { searched } from "../encode/collection.ts";
import { describeWithData } from "../real-data.ts";

const MEASURES = parseMeasures("nDCG@10 R@100");

type Means = Readonly<Record<string, number>>;

async function load(folder: string): Promise<Dataset> {
  return await loadDataset({
    id: folder,
    format: createFormat({ kind: "beir" }),
    files: await listLocalFiles(folder),
    policy: DEFAULT_POLICY,
    strict: true,
  });
}

/** Means of the top 1000 with ties in the given order; a document named like its query is dropped. */
async function evaluate(dataset: Dataset, fields: string, ties: Int32Array): Promise<Means> {
  const { docIds, corpus, queries, qrels } = dataset;
  // bm25 encodes nothing
  const embeddings = {
    missing() {
      throw new Error("asked for vectors");
    },
    embed: () => Promise.reject(new Error("asked for vectors")),
  };
  const opened = await createRetriever({ kind: "bm25", fields }, { embeddings, folder: "." }).open(
    searched(dataset.corpus, dataset),
  );
  const rows = await opened.score({ views: corpus, role: "document", queries });
  const sums: Record<string, number> = {};
  for (const [query, { id }] of queries.entries()) {
    const { scores, matched = new Int32Array() } = rows.row(query);
    const candidates = matched.filter((row) => `${docIds[row]}` !== id);
    const ranking: Ranking = [...topRows(scores, candidates, ties, 1000)].flatMap((row, place) => {
      const docId = docIds[row];
      return docId === undefined ? [] : [{ docId, score: -place }];
    });
    const graded = gradeRanking(ranking, qrels.get(id) ?? new Map());
    for (const { text, measure, params } of MEASURES) {
      sums[text] = (sums[text] ?? 0) + measure.value(graded, params) / queries.length;
    }
  }
  return sums;
}

// Figures of Anserini's regressions, BM25 with k1 = 0.9 and b = 0.4 (docs/regressions/regressions-beir-v1.0.0-*.md).
describeWithData("bm25 beside Anserini", "beir", (data) => {
  const cases = [
    { name: "scifact", fields: "flat", published: { "nDCG@10": 0.6789, "R@100": 0.9253 } },
    { name: "scifact", fields: "multifield", published: { "nDCG@10": 0.6647, "R@100": 0.9076 } },
    { name: "nfcorpus", fields: "flat", published: { "nDCG@10": 0.3218, "R@100": 0.2457 } },
    { name: "nfcorpus", fields: "multifield", published: { "nDCG@10": 0.3254, "R@100": 0.25 } },
  ];

  it.each(cases)("is close on $name, $fields, in the harness's order of ties", async ({ name, fields, published }) => {
    const dataset = await load(join(data, name));
    const found = await evaluate(dataset, fields, tieRanks(dataset.docIds));
    expect(Math.abs((found["nDCG@10"] ?? 0) - published["nDCG@10"])).toBeLessThan(0.002);
    expect(Math.abs((found["R@100"] ?? 0) - published["R@100"])).toBeLessThan(0.005);
  });

  it.each(cases)(
    "is equal to four digits on $name, $fields, with ties by ascending doc id, as Anserini sorts them",
    async ({ name, fields, published }) => {
      const dataset = await load(join(data, name));
      const ascending = tieRanks(dataset.docIds).map((rank) => dataset.docIds.length - 1 - rank);
      const found = await evaluate(dataset, fields, ascending);
      expect(
        Object.fromEntries(Object.entries(found).map(([text, value]) => [text, Number(value.toFixed(4))])),
      ).toEqual(published);
    },
  );
});
