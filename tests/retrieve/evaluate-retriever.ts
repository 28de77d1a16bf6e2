import type { Fragment } from "../../harness/component.ts";
import { loadDataset } from "../../harness/datasets/load-dataset.ts";
import { listLocalFiles } from "../../harness/datasets/local-files.ts";
import { createFormat } from "../../harness/datasets/registry.ts";
import type { Dataset } from "../../harness/domain/dataset.ts";
import { DEFAULT_POLICY } from "../../harness/domain/policy.ts";
import type { Ranking } from "../../harness/domain/run.ts";
import { topRows } from "../../harness/domain/top-rows.ts";
import { gradeRanking } from "../../harness/evaluate/graded-ranking.ts";
import { parseMeasures } from "../../harness/evaluate/parse-measure.ts";
import { createRetriever } from "../../harness/retrieve/registry.ts";
import { searched } from "../encode/collection.ts";
import { retrieverServices, scoreTexts } from "./search-texts.ts";

const MEASURES = parseMeasures("nDCG@10 R@100");

export async function loadBeir(folder: string): Promise<Dataset> {
  return await loadDataset({
    id: folder,
    format: createFormat({ kind: "beir" }),
    files: await listLocalFiles(folder),
    policy: DEFAULT_POLICY,
    strict: true,
  });
}

/** Means of the top 1000 with ties in the given order, to four digits; a document named like its query is dropped. */
export async function evaluateRetriever(
  fragment: Fragment,
  { docIds, corpus, queries, qrels, ...dataset }: Dataset,
  ties: Int32Array,
): Promise<Readonly<Record<string, number>>> {
  const opened = await createRetriever(fragment, retrieverServices()).open(searched(corpus, dataset));
  const { rows } = await scoreTexts(opened, corpus, queries, { ties });
  const sums: Record<string, number> = {};
  for (const [query, { id }] of queries.entries()) {
    const { scores = [], matched = [] } = rows[query] ?? {};
    const candidates = Int32Array.from(matched.filter((row) => `${docIds[row]}` !== id));
    const ranking: Ranking = [...topRows(Float64Array.from(scores), candidates, ties, 1000)].flatMap((row, place) => {
      const docId = docIds[row];
      return docId === undefined ? [] : [{ docId, score: -place }];
    });
    const graded = gradeRanking(ranking, qrels.get(id) ?? new Map());
    for (const { text, measure, params } of MEASURES) {
      sums[text] = (sums[text] ?? 0) + measure.value(graded, params) / queries.length;
    }
  }
  return Object.fromEntries(Object.entries(sums).map(([text, value]) => [text, Number(value.toFixed(4))]));
}
