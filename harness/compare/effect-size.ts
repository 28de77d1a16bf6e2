import type { SampleMoments } from "./sample-moments.ts";

/** Differences smaller than this are ties. */
export const TIE = 1e-9;

export type WinCounts = {
  readonly wins: number;
  readonly ties: number;
  readonly losses: number;
  /** Share of queries won, ties counted half. */
  readonly superiority: number;
};

export function countWins(differences: readonly number[]): WinCounts {
  const wins = differences.filter((difference) => difference >= TIE).length;
  const losses = differences.filter((difference) => difference <= -TIE).length;
  const ties = differences.length - wins - losses;
  return { wins, ties, losses, superiority: (wins + ties / 2) / differences.length };
}

/**
 * Mean difference in standard deviations of the differences, and the same with Hedges' correction
 * 1 - 3 / (4 df - 1) for small samples, which is 0 for two queries. Undefined where differences do not vary.
 *
 * Source: Sakai: Laboratory experiments in information retrieval (2018).
 */
export function standardizedEffect(
  moments: SampleMoments,
): { readonly dz: number; readonly hedges: number } | undefined {
  const { n, mean, sd, isConstant } = moments;
  if (isConstant) return undefined;
  const dz = mean / sd;
  return { dz, hedges: dz * (1 - 3 / (4 * (n - 1) - 1)) };
}
