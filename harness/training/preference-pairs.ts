import type { RewardKind } from "./dpo-options.ts";
import { chooseExtremes, type PoolSimilarities, reciprocalRanks, sumOf } from "./pool-rewards.ts";
import type { CandidatePool } from "./reward-candidates.ts";

/** A query with the expansion to prefer, the one to avoid, and why. */
export type PreferencePair = {
  readonly id: string;
  readonly query: string;
  readonly positive: string;
  readonly chosen: string;
  readonly rejected: string;
  readonly rewards: { readonly chosen: number; readonly rejected: number };
  /** The greatest sum of similarities of a candidate; undefined where none was computed. */
  readonly similarity: number | undefined;
  readonly candidates: number;
};

/** What candidates of one query were found to be worth, as far as it was asked for. */
export type PoolFindings = {
  readonly similarities: PoolSimilarities | undefined;
  /** 1 / rank of the best relevant document when a candidate is searched by; 0 where none is returned. */
  readonly inCorpus: Float64Array | undefined;
};

export type PairRules = { readonly rewards: readonly RewardKind[]; readonly minSimilarity: number | "off" };

/** Why a query gives no pair. */
export type NoPair = "below the similarity" | "no preference";

/** The pair of a query: its best and its worst candidate by the sum of the rewards. */
export function pairOf(
  { question, texts }: CandidatePool,
  findings: PoolFindings,
  rules: PairRules,
): PreferencePair | NoPair {
  const similarity = greatestSimilarity(findings.similarities);
  if (rules.minSimilarity !== "off" && (similarity === undefined || similarity < rules.minSimilarity)) {
    return "below the similarity";
  }
  const rewards = sumOf(rules.rewards.map((kind) => rewardOf(kind, findings)));
  const choice = chooseExtremes(rewards);
  const [chosen, rejected] = [texts[choice?.chosen ?? -1], texts[choice?.rejected ?? -1]];
  if (choice === undefined || chosen === undefined || rejected === undefined) return "no preference";
  return {
    id: question.id,
    query: question.query.text,
    positive: question.positive.id,
    chosen,
    rejected,
    rewards: { chosen: rewards[choice.chosen] ?? 0, rejected: rewards[choice.rejected] ?? 0 },
    similarity,
    candidates: texts.length,
  };
}

function rewardOf(kind: RewardKind, { similarities, inCorpus }: PoolFindings): Float64Array {
  const found = { rank: similarities?.positive, answer: similarities?.answer, qrels: inCorpus }[kind];
  if (found === undefined) throw new Error(`expected what the reward ${kind} is made of`);
  return kind === "qrels" ? found : reciprocalRanks(found);
}

/** Of the sums of similarities, as the papers filter. */
function greatestSimilarity(similarities: PoolSimilarities | undefined): number | undefined {
  if (similarities === undefined) return undefined;
  const { positive, answer } = similarities;
  return sumOf(answer === undefined ? [positive] : [positive, answer]).reduce((most, value) => Math.max(most, value));
}
