import { gammaln } from "simple-statistics";

/** `rest` is 1 - x, which the caller knows without the cancellation of a subtraction. */
export type BetaPoint = { readonly x: number; readonly rest: number; readonly a: number; readonly b: number };

const MOST_TERMS = 10_000;
/** Stands for a zero denominator in Lentz's method. */
const TINY = 1e-300;

/**
 * Regularised incomplete beta function I_x(a, b) for positive a and b.
 *
 * Source: DLMF 8.17.4 (symmetry) and 8.17.22 (continued fraction), evaluated by Lentz's method.
 */
export function regularizedBeta({ x, rest, a, b }: BetaPoint): number {
  if (x <= 0) return 0;
  if (rest <= 0) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - regularizedBeta({ x: rest, rest: x, a: b, b: a });
  const logFront = a * Math.log(x) + b * Math.log(rest) + gammaln(a + b) - gammaln(a) - gammaln(b);
  return Math.exp(logFront) / (a * continuedFraction({ x, a, b }));
}

/** 1 + d1 / (1 + d2 / (1 + ...)) of 8.17.22. */
function continuedFraction({ x, a, b }: Omit<BetaPoint, "rest">): number {
  let value = 1;
  let upper = 1;
  let lower = 0;
  for (let term = 1; term <= MOST_TERMS; term++) {
    const half = Math.floor(term / 2);
    const numerator = term % 2 === 0 ? half * (b - half) : -(a + half) * (a + b + half);
    const coefficient = (numerator * x) / ((a + term - 1) * (a + term));
    lower = 1 / (1 + coefficient * lower || TINY);
    upper = 1 + coefficient / upper || TINY;
    const change = upper * lower;
    value *= change;
    if (Math.abs(change - 1) < Number.EPSILON) break;
  }
  return value;
}
