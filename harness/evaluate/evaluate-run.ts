import type { QueryId } from "../domain/ids.ts";
import type { Policy } from "../domain/policy.ts";
import type { Judgements, Qrels } from "../domain/qrels.ts";
import type { QueryCounts } from "../domain/result.ts";
import { compareIds, type Ranking, type Run } from "../domain/run.ts";
import { HarnessError } from "../errors.ts";
import { gradeRanking, orderRanking } from "./graded-ranking.ts";
import type { MeasureRequest } from "./types.ts";

/** Values by measure text, in the order the measures were asked for. */
export type MeasureValues = Readonly<Record<string, number>>;

export type EvaluateOptions = {
  readonly measures: readonly MeasureRequest[];
  /** Denominator of R, from the dataset's policy. */
  readonly recall?: Policy["recall"];
  readonly scorePrecision?: Policy["scorePrecision"];
};

export type RunEvaluation = {
  /** Means over every judged query. */
  readonly values: MeasureValues;
  /** Every judged query, ascending by the UTF-8 bytes of its id. */
  readonly perQuery: ReadonlyMap<QueryId, MeasureValues>;
  readonly counts: QueryCounts;
};

/**
 * Values of a run as `trec_eval -c` averages them: over the queries of the qrels, never over those of the run.
 *
 * A judged query without a ranking, or with an empty one, is missing and 0 for every measure. A query whose judgements
 * hold no relevant document stays in the mean (trec_eval drops queries without relevance information only, see its
 * CHANGELOG of 4/5/06); it is 0 for every measure but Judged, which asks for judgements and not for relevance.
 * Means are summed in the order of `perQuery`, so the order of neither file can move the last bit.
 *
 * @throws {HarnessError} `DATA_INVALID` when no query is judged, for a mean over nothing is no number; `SCORE_INVALID`
 */
export function evaluateRun(run: Run, qrels: Qrels, options: EvaluateOptions): RunEvaluation {
  const judged = [...qrels].filter(([, { size }]) => size > 0).sort(([a], [b]) => compareIds(a, b));
  if (judged.length === 0) throw new HarnessError("DATA_INVALID", "expected qrels with a judgement, found none.");
  const perQuery = new Map<QueryId, MeasureValues>();
  let answered = 0;
  for (const [queryId, judgements] of judged) {
    const ranking = run.get(queryId) ?? [];
    if (ranking.length > 0) answered++;
    perQuery.set(queryId, evaluateQuery(ranking, judgements, options));
  }
  const values = Object.fromEntries(
    options.measures.map(({ text }) => [text, mean([...perQuery.values()].map((of) => of[text] ?? 0))]),
  );
  const unjudged = [...run.keys()].filter((queryId) => !perQuery.has(queryId)).length;
  return {
    values,
    perQuery,
    counts: { judged: judged.length, answered, missing: judged.length - answered, unjudged },
  };
}

function evaluateQuery(
  ranking: Ranking,
  judgements: Judgements,
  { measures, recall = "standard", scorePrecision = "float64" }: EvaluateOptions,
): MeasureValues {
  const graded = gradeRanking(orderRanking(ranking, scorePrecision), judgements);
  return Object.fromEntries(
    measures.map(({ text, measure, params }) => [text, measure.value(graded, { ...params, recall })]),
  );
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
