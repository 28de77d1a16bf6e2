import type { Comparison, RunAgreement } from "./comparison.ts";

/** A query and how much A is better in it. */
export type MovedQuery = {
  readonly query: string;
  readonly a: number;
  readonly b: number;
  readonly difference: number;
};

/** A and B in one measure. */
export type MeasureComparison = {
  readonly measure: string;
  readonly meanA: number;
  readonly meanB: number;
  /** Null where one of them has means only. */
  readonly comparison: Comparison | null;
  /** By Holm over the pairs of this measure; null as `comparison`. */
  readonly pCorrected: number | null;
  /** The queries with the largest differences, largest first; those without any are left out. */
  readonly moved: readonly MovedQuery[];
};

/** Two systems beside each other in several measures. */
export type PairComparison = {
  /** The cell that both results have; null where single systems were given. */
  readonly cell: string | null;
  readonly a: string;
  readonly b: string;
  readonly measures: readonly MeasureComparison[];
  /** How alike they rank; null where one has no rankings. */
  readonly agreement: RunAgreement | null;
  readonly notes: readonly string[];
};

export type SystemsComparison = {
  readonly pairs: readonly PairComparison[];
  /** Sentences about all pairs. */
  readonly notes: readonly string[];
};
