import { invertIncreasing } from "./invert-increasing.ts";

/** Where the series, whose relative error grows with the tail, gives way to the continued fraction. */
const TAIL = 3;
const FRACTION_TERMS = 100;

/**
 * P(Z <= z) of the standard normal distribution, relative error below 1e-12.
 *
 * Source: Abramowitz and Stegun 26.2.11 (series) and 26.2.14 (continued fraction).
 */
export function normalCdf(z: number): number {
  if (z > TAIL) return 1 - upperTail(z);
  if (z < -TAIL) return upperTail(-z);
  let term = z;
  let sum = z;
  for (let odd = 3; Math.abs(term) > Number.EPSILON * Math.abs(sum) * 0.1; odd += 2) {
    term *= (z * z) / odd;
    sum += term;
  }
  return 0.5 + density(z) * sum;
}

/** The z with P(Z <= z) = `probability`; infinite for 0 and 1. */
export function normalQuantile(probability: number): number {
  if (probability > 0.5) return -normalQuantile(1 - probability);
  if (probability <= 0) return -Infinity;
  return invertIncreasing(normalCdf, probability, { low: -40, high: 0.1 });
}

function upperTail(z: number): number {
  let fraction = z;
  for (let term = FRACTION_TERMS; term >= 1; term--) fraction = z + term / fraction;
  return density(z) / fraction;
}

function density(z: number): number {
  return Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
}
