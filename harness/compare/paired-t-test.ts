import type { Interval } from "../domain/comparison.ts";
import type { SampleMoments } from "./sample-moments.ts";
import { studentCritical, studentTwoSided } from "./student-t.ts";

/**
 * Two-sided paired t test on differences. Differences that are all zero have t 0 and p 1; those that are all the same
 * but not zero have none, because nothing is known of their spread.
 */
export function pairedTTest(moments: SampleMoments): { readonly t: number; readonly p: number } | undefined {
  const { n, mean, standardError, isConstant } = moments;
  if (isConstant) return isZero(mean) ? { t: 0, p: 1 } : undefined;
  const t = mean / standardError;
  return { t, p: studentTwoSided(t, n - 1) };
}

/** Student's interval of the mean; a point where values do not vary. @param level above 0 and below 1 */
export function tInterval({ n, mean, standardError, isConstant }: SampleMoments, level: number): Interval {
  const reach = isConstant ? 0 : studentCritical(1 - level, n - 1) * standardError;
  return [mean - reach, mean + reach];
}

function isZero(mean: number): boolean {
  return Math.abs(mean) < 1e-12;
}
