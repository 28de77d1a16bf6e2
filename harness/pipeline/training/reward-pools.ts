import type { EmbeddingCache } from "../../encode/embedding-cache.ts";
import { HarnessError } from "../../errors.ts";
import { weighVectors } from "../../expand/recipes.ts";
import { bestRank, type CorpusQuery, corpusScores, type SearchedBy } from "../../training/corpus-scores.ts";
import type { DpoOptions } from "../../training/dpo-options.ts";
import type { PoolFindings } from "../../training/preference-pairs.ts";
import { type CandidatePool, poolSimilarities } from "../../training/reward-candidates.ts";

export type RewardSetting = {
  readonly options: Pick<DpoOptions, "rewards" | "minSimilarity" | "queryWeight" | "queryRepeats">;
  readonly searched: SearchedBy;
  readonly embeddings: EmbeddingCache;
};

/** What the candidates of some pools are worth, by pool. @throws as `poolSimilarities` and the retriever's search */
export async function rewardPools(
  pools: readonly CandidatePool[],
  { options, searched, embeddings }: RewardSetting,
): Promise<readonly PoolFindings[]> {
  const source = searched.opened.vectors;
  const similarities =
    source === undefined || !needsVectors(options)
      ? undefined
      : await poolSimilarities(pools, { source, embeddings, signal: searched.signal });
  const inCorpus = options.rewards.includes("qrels") ? await corpusRewards(pools, options, searched) : undefined;
  return pools.map((_, at) => ({ similarities: similarities?.[at], inCorpus: inCorpus?.[at] }));
}

/**
 * Rules that contradict each other, before anything is paid for.
 *
 * @throws {HarnessError} `SPEC_INVALID` for a reward or a filter without what it is computed from
 */
export function checkRewards(options: DpoOptions, { opened }: SearchedBy, file: string): void {
  if (options.rewards.includes("answer") && options.answers === undefined) {
    throw new HarnessError("SPEC_INVALID", "the reward `answer` needs `answers`, found none.", {
      where: file,
      hint: "Name a file or a model for them, or leave that reward out.",
    });
  }
  if (needsVectors(options) && opened.vectors === undefined) {
    throw new HarnessError("SPEC_INVALID", "expected a retriever with vectors for similarities, got one without.", {
      where: file,
      hint: "Take `dense`, or `rewards: [qrels]` with `minSimilarity: off`.",
    });
  }
}

function needsVectors({ rewards, minSimilarity }: RewardSetting["options"]): boolean {
  return minSimilarity !== "off" || rewards.some((reward) => reward !== "qrels");
}

async function corpusRewards(
  pools: readonly CandidatePool[],
  { queryWeight, queryRepeats }: RewardSetting["options"],
  searched: SearchedBy,
): Promise<readonly Float64Array[]> {
  const recipe = weighVectors({ queryWeight, queryRepeats, role: "document" });
  const queries: CorpusQuery[] = pools.flatMap(({ question: { query, excluded }, texts }) =>
    texts.map((text, at) => ({ id: `${query.id}#${at}`, excluded, ...recipe(query, [text]) })),
  );
  const owners = pools.flatMap((pool, at) => pool.texts.map((_, candidate) => ({ at, candidate })));
  const rewards = pools.map(({ texts }) => new Float64Array(texts.length));
  for await (const scores of corpusScores(queries, searched)) {
    const owner = owners[scores.query];
    const relevant = pools[owner?.at ?? -1]?.question.relevant;
    const own = rewards[owner?.at ?? -1];
    if (owner === undefined || relevant === undefined || own === undefined) continue;
    const rank = bestRank(scores, relevant);
    own[owner.candidate] = rank === undefined ? 0 : 1 / rank;
  }
  return rewards;
}
