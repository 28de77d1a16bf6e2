import type { DocId } from "../../domain/ids.ts";
import type { Query } from "../../domain/query.ts";
import type { FusedDoc, Ranking, ScoredDoc } from "../../domain/run.ts";
import { topRows } from "../../domain/top-rows.ts";
import { scenarioId } from "../../domain/view.ts";
import type { ViewLayout } from "../../domain/view-layout.ts";
import type { Cut, Hits, RankedRows, SearchQuestions, Sweep } from "../../engine/types.ts";
import type { ChannelFuser, FusedHit, LinearFusion, ListFusion, SweepRequest } from "../../fuse/types.ts";
import type { PlannedCell } from "../../plan/plan-types.ts";
import type { SearchAnswer } from "../../retrieve/types.ts";

/** Cells that one search serves: those of the corpus alone, and those of one scenario set beside it, by fusion. */
export type SearchedCells = {
  readonly bases: readonly PlannedCell[];
  readonly fusions: readonly { readonly fuser: ChannelFuser; readonly cells: readonly PlannedCell[] }[];
  /** Undefined without a scenario set; then there are no fusions. */
  readonly layout: ViewLayout | undefined;
};

export type QuestionContext = {
  /** Hits kept a query. */
  readonly hits: number;
  readonly queries: readonly Query[];
  readonly excluded: readonly Int32Array[];
  readonly docIds: readonly DocId[];
  readonly ties: Int32Array;
  /** As the retriever has them. */
  readonly ranks: boolean;
  readonly zeroMeansNoMatch: boolean;
};

/** Gives every cell of its question the ranking of a query. */
type Read = (answer: SearchAnswer) => readonly CellRanking[];

export type CellRanking =
  | { readonly cell: PlannedCell; readonly fused: false; readonly ranking: Ranking }
  | { readonly cell: PlannedCell; readonly fused: true; readonly ranking: readonly FusedDoc[] };

/**
 * What a search is asked so that every cell gets its ranking, and how the answers are read. What an engine can compute
 * itself is left to it; everything else is read off whole score rows by the fusers' own definitions.
 */
export function questionsOf(
  searched: SearchedCells,
  context: QuestionContext,
): { readonly questions: SearchQuestions; readonly read: Read } {
  const asked: Asked = { sweeps: [], cuts: [], scores: false };
  const readers: Read[] = [];
  if (searched.bases.length > 0) readers.push(askBases(searched.bases, asked, context));
  for (const { fuser, cells } of searched.fusions) {
    if (cells.length === 0 || searched.layout === undefined) continue;
    readers.push(askFusion({ fuser, cells, layout: searched.layout }, asked, context));
  }
  return { questions: asked, read: (answer) => readers.flatMap((reader) => reader(answer)) };
}

type Asked = { readonly sweeps: Sweep[]; readonly cuts: Cut[]; scores: boolean };

/** The corpus's own ranking: the head of the document channel. */
function askBases(cells: readonly PlannedCell[], asked: Asked, context: QuestionContext): Read {
  const { hits, queries, docIds, ranks } = context;
  if (!ranks) {
    asked.scores = true;
    return (answer) => eachCell(cells, toRanking(bestRows(answer, context), docIds));
  }
  const at = asked.cuts.push({ depths: queries.map(() => ({ document: hits, scenario: 1 })), excluded: "leave" }) - 1;
  return ({ cuts }) => eachCell(cells, toRanking(cuts[at]?.documents, docIds));
}

function bestRows({ scores, matched, query }: SearchAnswer, { hits, excluded, ties }: QuestionContext): RankedRows {
  const { document = new Float64Array() } = scores ?? {};
  const candidates = matched ?? Int32Array.from(document.keys());
  const forbidden = new Set(excluded[query]);
  const returned = forbidden.size === 0 ? candidates : candidates.filter((row) => !forbidden.has(row));
  const rows = topRows(document, returned, ties, hits);
  return { rows, scores: Float64Array.from(rows, (row) => document[row] ?? 0) };
}

type FusedCells = {
  readonly fuser: ChannelFuser;
  readonly cells: readonly PlannedCell[];
  readonly layout: ViewLayout;
};

function askFusion({ fuser, cells, layout }: FusedCells, asked: Asked, context: QuestionContext): Read {
  const { linear, lists } = fuser;
  if (context.ranks && linear !== undefined) return askSweep({ linear, cells, layout }, asked, context);
  if (context.ranks && lists !== undefined) return askLists({ lists, cells, layout }, asked, context);
  asked.scores = true;
  return (answer) => {
    const { document = new Float64Array(), scenario = new Float64Array() } = answer.scores ?? {};
    const request = sweepRequest(answer.query, { cells, layout }, context);
    return fusedRankings({ cells, layout }, fuser.sweep({ document, scenario }, request), context);
  };
}

type LinearCells = Omit<FusedCells, "fuser"> & { readonly linear: LinearFusion };

function askSweep({ linear, cells, layout }: LinearCells, asked: Asked, context: QuestionContext): Read {
  const { aggregate, topK, missing, skipNoise } = linear;
  const weights = alphasOf(cells).map((alpha) => ({ document: alpha, scenario: 1 - alpha }));
  const usable = skipNoise ? layout.noise.map((noise) => 1 - noise) : undefined;
  const at = asked.sweeps.push({ weights, k: context.hits, aggregate, topK, missing, usable }) - 1;
  return ({ sweeps }) => fusedRankings({ cells, layout }, sweeps[at]?.map(fusedHits) ?? [], context);
}

type ListCells = Omit<FusedCells, "fuser"> & { readonly lists: ListFusion };

function askLists({ lists, cells, layout }: ListCells, asked: Asked, context: QuestionContext): Read {
  const depths = context.queries.map((query) => lists.depth({ hasExclusions: query.excluded.length > 0 }));
  const at = asked.cuts.push({ depths, excluded: "stay" }) - 1;
  return ({ cuts, query }) => {
    const heads = cuts[at] ?? { documents: NOTHING, scenarios: NOTHING };
    const request = sweepRequest(query, { cells, layout }, context);
    return fusedRankings({ cells, layout }, lists.sweep(heads, request), context);
  };
}

const NOTHING: RankedRows = { rows: new Int32Array(), scores: new Float64Array() };

function sweepRequest(
  query: number,
  { cells, layout }: Omit<FusedCells, "fuser">,
  { hits, queries, excluded, zeroMeansNoMatch }: QuestionContext,
): SweepRequest {
  return {
    alphas: alphasOf(cells),
    k: hits,
    layout,
    excluded: new Set(excluded[query]),
    hasExclusions: (queries[query]?.excluded.length ?? 0) > 0,
    zeroMeansNoMatch,
  };
}

function alphasOf(cells: readonly PlannedCell[]): readonly number[] {
  return cells.map(({ axes }) => axes.alpha ?? 1);
}

function eachCell(cells: readonly PlannedCell[], ranking: Ranking): readonly CellRanking[] {
  return cells.map((cell) => ({ cell, fused: false, ranking }));
}

/** An engine's hits as a fuser gives them. */
function fusedHits({ rows, scores, documentScores, scenarioScores, scenarioRows }: Hits): readonly FusedHit[] {
  return Array.from(rows, (row, at) => {
    const scenario = scenarioRows[at] ?? -1;
    return {
      row,
      score: scores[at] ?? 0,
      documentScore: documentScores[at] ?? 0,
      scenario: scenario === -1 ? undefined : { score: scenarioScores[at] ?? 0, row: scenario },
    };
  });
}

/** @param hits by cell */
function fusedRankings(
  { cells, layout }: Omit<FusedCells, "fuser">,
  hits: readonly (readonly FusedHit[])[],
  { docIds }: QuestionContext,
): readonly CellRanking[] {
  // the cells of a sweep return much the same documents: their scenarios are named once
  const names = new Map<number, string>();
  function nameOf(scenario: number, row: number): string {
    const known = names.get(scenario);
    if (known !== undefined) return known;
    const name = scenarioId(docIds[row] ?? "", scenario - (layout.offsets[row] ?? 0));
    names.set(scenario, name);
    return name;
  }
  return cells.map((cell, position) => {
    const ranking: FusedDoc[] = [];
    for (const { row, score, documentScore, scenario } of hits[position] ?? []) {
      const docId = docIds[row];
      if (docId === undefined) continue;
      const matched = scenario && { score: scenario.score, id: nameOf(scenario.row, row) };
      ranking.push({ docId, score, documentScore, scenario: matched });
    }
    return { cell, fused: true, ranking };
  });
}

function toRanking({ rows, scores }: RankedRows = NOTHING, docIds: readonly DocId[]): Ranking {
  const ranking: ScoredDoc[] = [];
  for (const [at, row] of rows.entries()) {
    const docId = docIds[row];
    if (docId !== undefined) ranking.push({ docId, score: scores[at] ?? 0 });
  }
  return ranking;
}
