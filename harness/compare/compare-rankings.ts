import type { RunAgreement } from "../domain/comparison.ts";
import { compareIds, compareScoredDocs, type Ranking, type Run } from "../domain/run.ts";
import { kendallTau, rankBiasedOverlap } from "./rank-agreement.ts";

export type RankingOptions = {
  /** Ranks that are looked at. */
  readonly depth?: number | undefined;
  /** The p of rank-biased overlap. */
  readonly persistence?: number | undefined;
};

/** How much two runs order documents alike: Kendall's tau-b and extrapolated rank-biased overlap of their tops. */
export function compareRankings(a: Run, b: Run, { depth = 100, persistence = 0.9 }: RankingOptions = {}): RunAgreement {
  const shared = [...a.keys()].filter((id) => b.has(id)).sort(compareIds);
  const perQuery = new Map(
    shared.map((id) => {
      const [topA, topB] = [topOf(a.get(id), depth), topOf(b.get(id), depth)];
      const rbo = rankBiasedOverlap(topA, topB, persistence) ?? null;
      return [id, { tau: kendallTau(topA, topB) ?? null, rbo }] as const;
    }),
  );
  const agreements = [...perQuery.values()];
  return {
    mean: { tau: meanOf(agreements.map(({ tau }) => tau)), rbo: meanOf(agreements.map(({ rbo }) => rbo)) },
    perQuery,
    onlyA: a.size - shared.length,
    onlyB: b.size - shared.length,
  };
}

function topOf(ranking: Ranking = [], depth: number): Ranking {
  return [...ranking].sort(compareScoredDocs).slice(0, depth);
}

function meanOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
}
