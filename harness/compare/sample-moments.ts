import { mean, sampleStandardDeviation } from "simple-statistics";

/** `sd` has n - 1 below; `standardError` is that of the mean. */
export type SampleMoments = {
  readonly n: number;
  readonly mean: number;
  readonly sd: number;
  readonly standardError: number;
  /** Whether all values are the same but for rounding, so that the sample says nothing about its spread. */
  readonly isConstant: boolean;
};

/** Differences of equal values differ in their last bits; values lie in [0, 1], so this is far below any real spread. */
const ROUNDING = 1e-12;

/** @param values two or more */
export function sampleMoments(values: readonly number[]): SampleMoments {
  const center = mean(values);
  const sd = sampleStandardDeviation(values);
  return {
    n: values.length,
    mean: center,
    sd,
    standardError: sd / Math.sqrt(values.length),
    isConstant: sd <= ROUNDING * Math.max(1, Math.abs(center)),
  };
}
