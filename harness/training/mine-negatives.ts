import { topRows } from "../domain/top-rows.ts";
import type { TrainingQuestion } from "./choose-questions.ts";
import type { CorpusScores } from "./corpus-scores.ts";

/** A document that is near a query and not known to be relevant. */
export type Negative = { readonly row: number; readonly rank: number; readonly score: number };

export type MiningRules = {
  /** Ranks from 1, both included. */
  readonly ranks: { readonly from: number; readonly to: number };
  readonly margin: number;
};

export type Mined = {
  /** Best ranked first. */
  readonly negatives: readonly Negative[];
  /** Documents of the ranks that were passed over: relevant, or so near that they may be. */
  readonly relevant: number;
  readonly suspected: number;
  /** Of the gold document; undefined where the retriever does not return it. */
  readonly positiveScore: number | undefined;
};

/**
 * Documents of a range of ranks that are not judged relevant, and score at most the gold document's score less a margin: what
 * is nearer than the gold document is often relevant and only not judged. Without a score of the gold document there is none.
 *
 * @param gold row of the gold document
 */
export function mineNegatives(
  { scores, candidates, ties }: CorpusScores,
  { relevant }: Pick<TrainingQuestion, "relevant">,
  { gold, ranks, margin }: MiningRules & { readonly gold: number },
): Mined {
  const positiveScore = candidates.includes(gold) ? scores[gold] : undefined;
  const negatives: Negative[] = [];
  const passed = { relevant: 0, suspected: 0 };
  if (positiveScore === undefined) return { negatives, ...passed, positiveScore };
  const known = new Set(relevant);
  for (const [at, row] of topRows(scores, candidates, ties, ranks.to).entries()) {
    const score = scores[row] ?? 0;
    if (at + 1 < ranks.from) continue;
    if (known.has(row)) passed.relevant += 1;
    else if (score > positiveScore - margin) passed.suspected += 1;
    else negatives.push({ row, rank: at + 1, score });
  }
  return { negatives, ...passed, positiveScore };
}
