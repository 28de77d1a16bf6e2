import type { Policy } from "../domain/policy.ts";
import type { Judgements } from "../domain/qrels.ts";
import { compareScoredDocs, type Ranking } from "../domain/run.ts";
import { HarnessError } from "../errors.ts";
import type { GradedRanking } from "./types.ts";

/**
 * The ranking in the harness's one order, whatever order it came in; a ranking that has it already comes back as it is.
 *
 * @param precision `float32` rounds scores before they are compared, so that scores which trec_eval up to 9.0.8 cannot
 *   tell apart tie here too
 * @throws {HarnessError} `SCORE_INVALID` for a score that is not finite: NaN has no place in an order
 */
export function orderRanking(ranking: Ranking, precision: Policy["scorePrecision"]): Ranking {
  for (const { docId, score } of ranking) {
    if (!Number.isFinite(score)) {
      throw new HarnessError("SCORE_INVALID", `expected a finite score for document \`${docId}\`, got ${score}.`);
    }
  }
  const scored =
    precision === "float32" ? ranking.map(({ docId, score }) => ({ docId, score: Math.fround(score) })) : ranking;
  return isOrdered(scored) ? scored : [...scored].sort(compareScoredDocs);
}

/** What measures read: the ranking's grades by rank and the query's ideal. */
export function gradeRanking(ranking: Ranking, judgements: Judgements): GradedRanking {
  return {
    grades: ranking.map(({ docId }) => judgements.get(docId)),
    ideal: [...judgements.values()].filter((grade) => grade > 0).sort((a, b) => b - a),
  };
}

function isOrdered(ranking: Ranking): boolean {
  return ranking.every((entry, index) => {
    const before = ranking[index - 1];
    return before === undefined || compareScoredDocs(before, entry) <= 0;
  });
}
