import type { Query } from "../../domain/query.ts";
import { sliceViews, type ViewCollection } from "../../domain/view.ts";
import { type RowRange, sliceLayout, sliceTies, type ViewLayout } from "../../domain/view-layout.ts";
import type { Search } from "../../retrieve/types.ts";
import type { DatasetMaterial, ScenarioMaterial } from "../materials.ts";
import type { OnCorpus } from "../open-retrievers.ts";
import { questionsOf } from "../run/cell-questions.ts";
import { excludedRows, type GroupPass } from "../run/score-group.ts";
import { listsOf, writeRankings } from "./found-rankings.ts";

/** Queries whose rankings lie in one file: a merge reads such a file of every part at a time. */
export const BATCH_QUERIES = 64;

export type SearchedPart = OnCorpus & {
  readonly pass: GroupPass;
  readonly documents: RowRange;
  readonly queries: readonly Query[];
  readonly material: DatasetMaterial;
  readonly hits: number;
  readonly signal: AbortSignal | undefined;
  /** Path of the rankings of a batch. */
  readonly path: (batch: number) => string;
};

/**
 * Searches some documents of a corpus and their scenarios as if they were a corpus of their own, and writes down the best of
 * them for every question of a pass. What the whole corpus answers is the best of what its parts answer.
 */
export async function searchPart(part: SearchedPart): Promise<Pick<Search, "encoded" | "truncated">> {
  const { pass, documents, queries, material, opened, retriever, hits, signal, path } = part;
  const { dataset } = material;
  const ties = sliceTies(material.ties, documents);
  const layout = pass.layout && sliceLayout(pass.layout, documents);
  const excluded = queries.map((query) => rowsWithin(excludedRows(query, material), documents));
  const { questions } = questionsOf(
    { ...pass, layout },
    {
      ...{ hits, queries, excluded, ties, docIds: dataset.docIds.slice(documents.first, documents.end) },
      ...{ ranks: opened.ranks, zeroMeansNoMatch: retriever.zeroMeansNoMatch },
    },
  );
  const search = await opened.search({
    documents: sliceViews(dataset.corpus, documents),
    ties,
    scenarios: scenariosOf(pass.scenarios, layout, documents),
    ...{ queries, excluded, questions, signal },
  });
  let batch: ReturnType<typeof listsOf>[] = [];
  for await (const answer of search.answers) {
    signal?.throwIfAborted();
    batch.push(listsOf(answer));
    const isLast = answer.query === queries.length - 1;
    if (batch.length < BATCH_QUERIES && !isLast) continue;
    await writeRankings(path(Math.floor(answer.query / BATCH_QUERIES)), batch);
    batch = [];
  }
  return search;
}

function scenariosOf(
  scenarios: ScenarioMaterial | undefined,
  layout: ViewLayout | undefined,
  { first, end }: RowRange,
): { readonly views: ViewCollection; readonly layout: ViewLayout } | undefined {
  if (scenarios === undefined || layout === undefined) return undefined;
  const { offsets } = scenarios.layout;
  return { views: sliceViews(scenarios.set.views, { first: offsets[first] ?? 0, end: offsets[end] ?? 0 }), layout };
}

/** Rows of the whole that are in a part, as the part counts them. */
function rowsWithin(rows: Int32Array, { first, end }: RowRange): Int32Array {
  return rows.filter((row) => row >= first && row < end).map((row) => row - first);
}
