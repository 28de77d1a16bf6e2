import { invertIncreasingAboveZero } from "./invert-increasing.ts";
import type { SampleMoments } from "./sample-moments.ts";
import { studentCritical, studentPower } from "./student-t.ts";

const ALPHA = 0.05;
const POWER = 0.8;

/**
 * Smallest true mean difference that a two-sided paired t test at .05 would find with probability .8, given as many
 * queries of the spread that was observed. Undefined where no spread was observed.
 */
export function detectableEffect({ n, standardError, isConstant }: SampleMoments): number | undefined {
  if (isConstant) return undefined;
  const df = n - 1;
  const critical = studentCritical(ALPHA, df);
  const noncentrality = invertIncreasingAboveZero((shift) => studentPower(shift, { critical, df }), POWER);
  return noncentrality * standardError;
}
