import type { GateVerdict } from "./comparison.ts";

/**
 * `stale`: the baseline is of other documents or judgements, or lacks the cell, so it has to be blessed again.
 * `incomparable`: other rules of evaluation, or values that cannot be paired.
 */
type CheckVerdict = GateVerdict["verdict"] | "stale" | "incomparable";

/** What the gate says of one cell in one measure. */
export type GateCheck = {
  readonly cell: string;
  readonly dataset: string;
  readonly measure: string;
  readonly verdict: CheckVerdict;
  /** As sentences. */
  readonly reasons: readonly string[];
  /** Means; null where there is none. */
  readonly baseline: number | null;
  readonly candidate: number | null;
};

export type GateReport = {
  /** Name of the experiment, and the id of the result that was blessed. */
  readonly name: string;
  readonly blessed: string;
  /** Whether nothing but a regression is to fail. */
  readonly allowInconclusive: boolean;
  /** `regress` if any check regressed; else `inconclusive` if any did not pass. */
  readonly verdict: GateVerdict["verdict"];
  readonly checks: readonly GateCheck[];
};
