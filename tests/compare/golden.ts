import { readFileSync } from "node:fs";

/** Two systems on one made-up set of queries, and what scipy says of them. */
type GoldenPair = {
  readonly a: readonly number[];
  readonly b: readonly number[];
  readonly mean: number;
  readonly sd: number;
  readonly t: number;
  readonly pT: number;
  readonly tInterval: readonly number[];
  readonly mde: number | null;
  readonly acceleration: number;
  readonly wilcoxon: { readonly w: number; readonly p: number; readonly n: number; readonly exact: boolean } | null;
  readonly pExact?: number;
  readonly bca95?: GoldenInterval;
  readonly bca90?: GoldenInterval;
};

/** From 200,000 resamples; `sd` is that of each end over 30 seeds with 10,000. */
export type GoldenInterval = { readonly interval: readonly number[]; readonly sd: readonly number[] };

type Golden = {
  readonly normalCdf: readonly (readonly [number, number])[];
  readonly normalQuantile: readonly (readonly [number, number])[];
  readonly studentTwoSided: readonly (readonly [number, number, number])[];
  readonly studentCritical: readonly (readonly [number, number, number])[];
  readonly studentPower: readonly (readonly [number, number, number])[];
  readonly benjaminiHochberg: readonly { readonly p: readonly number[]; readonly adjusted: readonly number[] }[];
  readonly pairs: Readonly<Record<string, GoldenPair>>;
  readonly across: readonly {
    readonly datasets: readonly string[];
    readonly mean: number;
    readonly acceleration: number;
    readonly bca95: GoldenInterval;
  }[];
  readonly kendall: readonly { readonly a: readonly string[]; readonly b: readonly string[]; readonly tau: number }[];
};

export const golden: Golden = JSON.parse(readFileSync(new URL("../golden/scipy/golden.json", import.meta.url), "utf8"));

export const goldenPairs = Object.entries(golden.pairs).map(([name, pair]) => ({ name, ...pair }));

export function differencesOf(name: string): readonly number[] {
  const { a = [], b = [] } = golden.pairs[name] ?? {};
  return a.map((value, query) => value - (b[query] ?? Number.NaN));
}

/** Distance in parts of the expected value. */
export function relativeError(found: number, expected: number): number {
  return found === expected ? 0 : Math.abs(found / expected - 1);
}
