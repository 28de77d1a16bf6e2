import type { Draws } from "../domain/comparison.ts";
import { type SignStratum, signFlips } from "./sign-flip.ts";

/** Terms of one dataset: the observed statistic is the sum of all of them. */
export type TermStratum = { readonly label: string; readonly terms: readonly number[] };

export type RandomizationResult = Draws & { readonly p: number };

/** Sums that are equal on paper differ in their last bits; such a draw counts as extreme. */
const ROUNDING = 1e-12;

/**
 * Two-sided paired sign-flip randomization test: how often the sum of terms, each with a random sign, is at least as far
 * from zero as the observed one. Terms of a mean difference are d / n; of a macro mean over K datasets d / (n K).
 *
 * @returns p = b / 2^n when all patterns are looked at, else (b + 1) / (draws + 1), which is never 0; 1 when every term
 *   is zero
 * Source: Smucker, Allan, Carterette: A comparison of statistical significance tests for IR evaluation (CIKM 2007);
 * Phipson, Smyth (2010) for the added 1.
 */
export function randomizationTest(
  strata: readonly TermStratum[],
  options: { readonly seed: number; readonly draws: number },
): RandomizationResult {
  const observed = Math.abs(strata.reduce((sum, { terms }) => sum + terms.reduce((part, term) => part + term, 0), 0));
  const threshold = observed - ROUNDING * Math.max(1, observed);
  const { draws, exact, blocks } = signFlips(strata.map(asRows), options);
  let extreme = 0;
  for (const parts of blocks()) {
    const count = parts[0]?.length ?? 0;
    for (let draw = 0; draw < count; draw++) {
      let sum = 0;
      for (const part of parts) sum += part[draw] ?? 0;
      if (Math.abs(sum) >= threshold) extreme++;
    }
  }
  return { p: exact ? extreme / draws : (extreme + 1) / (draws + 1), draws, exact };
}

function asRows({ label, terms }: TermStratum): SignStratum {
  return { label, rows: [terms] };
}
