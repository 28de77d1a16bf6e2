import { regularizedBeta } from "./incomplete-beta.ts";
import { invertIncreasingAboveZero } from "./invert-increasing.ts";

/** P(|T| >= |t|) of Student's distribution. Source: DLMF 8.17 / Abramowitz and Stegun 26.7.1. */
export function studentTwoSided(t: number, df: number): number {
  const square = t * t;
  return regularizedBeta({ x: df / (df + square), rest: square / (df + square), a: df / 2, b: 1 / 2 });
}

/** The t > 0 with P(|T| >= t) = `alpha`. @param alpha above 0 and below 1 */
export function studentCritical(alpha: number, df: number): number {
  return invertIncreasingAboveZero((t) => -studentTwoSided(t, df), -alpha);
}

/**
 * P(|T| >= critical) when T is noncentral: the power of the two-sided t test, both tails counted.
 *
 * T squared is noncentral F with 1 and df degrees of freedom, a Poisson mixture of incomplete beta functions, so the
 * signed distribution (AS 243) is not needed.
 *
 * @param noncentrality true mean over its standard error
 * Source: Johnson, Kotz, Balakrishnan: Continuous univariate distributions 2, chapter 30.
 */
export function studentPower(
  noncentrality: number,
  { critical, df }: { readonly critical: number; readonly df: number },
): number {
  const rate = (noncentrality * noncentrality) / 2;
  const square = critical * critical;
  const point = { x: square / (df + square), rest: df / (df + square), b: df / 2 };
  let missed = 0;
  let logWeight = -rate;
  // weights fall off past the rate within some standard deviations, the root of the rate; the beta function only falls
  const last = Math.ceil(rate + 9 * Math.sqrt(rate) + 15);
  for (let count = 0; count <= last; count++) {
    if (count > 0) logWeight += Math.log(rate / count);
    missed += Math.exp(logWeight) * regularizedBeta({ ...point, a: count + 1 / 2 });
  }
  return 1 - missed;
}
