import type { Correction } from "../domain/comparison.ts";

/** Corrections that need the p values alone, by the name a user gives. Results stand in the order of the input. */
export const P_CORRECTIONS = {
  holm: (p) => stepUpwards(p, (value, { rank, size }) => value * (size - rank)),
  bonferroni: (p) => p.map((value) => Math.min(1, value * p.length)),
  bh: (p) => stepDownwards(p, (value, { rank, size }) => (value * size) / (rank + 1)),
  none: (p) => [...p],
} as const satisfies Readonly<Record<Exclude<Correction, "maxT">, (p: readonly number[]) => readonly number[]>>;

/** `rank` counts from 0, the smallest p. */
type Adjust = (value: number, place: { readonly rank: number; readonly size: number }) => number;

/** Never smaller than that of a smaller p. Source: Holm (1979). */
function stepUpwards(p: readonly number[], adjust: Adjust): readonly number[] {
  const adjusted = p.map(() => 1);
  let bound = 0;
  for (const [rank, at] of ascending(p).entries()) {
    bound = Math.max(bound, Math.min(1, adjust(p[at] ?? 1, { rank, size: p.length })));
    adjusted[at] = bound;
  }
  return adjusted;
}

/** Never larger than that of a larger p. Source: Benjamini, Hochberg (1995). */
function stepDownwards(p: readonly number[], adjust: Adjust): readonly number[] {
  const adjusted = p.map(() => 1);
  let bound = 1;
  for (const [rank, at] of [...ascending(p).entries()].reverse()) {
    bound = Math.min(bound, adjust(p[at] ?? 1, { rank, size: p.length }));
    adjusted[at] = bound;
  }
  return adjusted;
}

function ascending(p: readonly number[]): readonly number[] {
  return p.map((_, at) => at).sort((x, y) => (p[x] ?? 0) - (p[y] ?? 0));
}
