/**
 * `OK`: equal to the digits that were published. `OKish`: within the pack's tolerance. `NOT-COMPARABLE`: obtained under other
 * conditions than the published figure, and `field` says which.
 */
export type ReproductionVerdict = "OK" | "OKish" | "FAIL" | "NOT-COMPARABLE";

/** A published figure beside what a result has. */
export type ReproducedFigure = {
  readonly retriever: string;
  readonly dataset: string;
  readonly queries: string;
  readonly measure: string;
  readonly published: number;
  /** Null for a failed cell, or a measure that was not computed. */
  readonly obtained: number | null;
  readonly verdict: ReproductionVerdict;
  /** What differs, or why a cell failed; null for OK and OKish. */
  readonly field: string | null;
};

export type Reproduction = {
  readonly pack: string;
  readonly title: string;
  readonly source: string;
  /** Decimals of the published figures. */
  readonly digits: number;
  readonly okish: number;
  readonly figures: readonly ReproducedFigure[];
  /** Figures of the pack that the result has no cell for. */
  readonly absent: number;
  readonly notes: readonly string[];
};
