import type { DocId } from "../domain/ids.ts";
import { compareScoredDocs, type Ranking } from "../domain/run.ts";

/**
 * Kendall's tau-b of two rankings, over the documents of either. A document that one ranking lacks stands below all that
 * it has, tied with the others it lacks: two such documents agree and disagree in nothing, and a pair of which each
 * ranking knows one disagrees.
 *
 * @returns in [-1, 1]; undefined when a ranking is empty or both hold the same single document
 * Source: Kendall (1945), tau-b; discordant pairs counted as in Knight (1966).
 */
export function kendallTau(a: Ranking, b: Ranking): number | undefined {
  const [placesA, placesB] = [places(a), places(b)];
  const union = [...new Set([...placesA.keys(), ...placesB.keys()])]
    .map((id) => ({ a: placesA.get(id) ?? placesA.size, b: placesB.get(id) ?? placesB.size }))
    .sort((x, y) => x.a - y.a || x.b - y.b);
  const all = pairsOf(union.length);
  const tiedA = pairsOf(union.length - placesA.size);
  const tiedB = pairsOf(union.length - placesB.size);
  const discordant = countInversions(union.map((place) => place.b));
  const concordant = all - tiedA - tiedB - discordant;
  const scale = Math.sqrt((all - tiedA) * (all - tiedB));
  return scale === 0 ? undefined : (concordant - discordant) / scale;
}

/**
 * Rank-biased overlap, extrapolated: the agreement of the tops, every depth weighted by persistence^depth, under the
 * assumption that agreement goes on as it was where the lists end.
 *
 * @param persistence p in (0, 1): the first ten ranks carry 86 % of the weight at 0.9
 * @returns in [0, 1]; undefined when a ranking is empty
 * Source: Webber, Moffat, Zobel: A similarity measure for indefinite rankings (TOIS 2010), equation 32.
 */
export function rankBiasedOverlap(a: Ranking, b: Ranking, persistence: number): number | undefined {
  const [short, long] = [a, b].sort((x, y) => x.length - y.length).map(places);
  if (short === undefined || long === undefined || short.size === 0) return undefined;
  const overlaps = overlapAtDepths(long, short);
  const [atShort, atLong] = [overlaps[short.size - 1] ?? 0, overlaps[long.size - 1] ?? 0];
  let sum = 0;
  for (const [at, overlap] of overlaps.entries()) {
    const depth = at + 1;
    const unseen = Math.max(0, (atShort * (depth - short.size)) / short.size);
    sum += ((overlap + unseen) / depth) * persistence ** depth;
  }
  const tail = (atLong - atShort) / long.size + atShort / short.size;
  return ((1 - persistence) / persistence) * sum + tail * persistence ** long.size;
}

/** Documents that both have among their first 1, 2, ... `long.size`. */
function overlapAtDepths(long: ReadonlyMap<DocId, number>, short: ReadonlyMap<DocId, number>): readonly number[] {
  const overlaps = [...long].map(() => 0);
  for (const [id, place] of long) {
    const last = Math.max(place, short.get(id) ?? Number.NaN);
    if (last < overlaps.length) overlaps[last] = (overlaps[last] ?? 0) + 1;
  }
  for (let at = 1; at < overlaps.length; at++) overlaps[at] = (overlaps[at] ?? 0) + (overlaps[at - 1] ?? 0);
  return overlaps;
}

/** Places from 0, best first. */
function places(ranking: Ranking): ReadonlyMap<DocId, number> {
  return new Map([...ranking].sort(compareScoredDocs).map(({ docId }, place) => [docId, place]));
}

function pairsOf(count: number): number {
  return (count * (count - 1)) / 2;
}

/** Pairs of which the earlier is larger, by merge sort. */
function countInversions(values: readonly number[]): number {
  return sortAndCount(values).inversions;
}

function sortAndCount(values: readonly number[]): { readonly sorted: readonly number[]; readonly inversions: number } {
  if (values.length < 2) return { sorted: values, inversions: 0 };
  const middle = values.length >>> 1;
  const left = sortAndCount(values.slice(0, middle));
  const right = sortAndCount(values.slice(middle));
  const sorted: number[] = [];
  let inversions = left.inversions + right.inversions;
  let at = 0;
  for (const value of right.sorted) {
    while (at < left.sorted.length && (left.sorted[at] ?? 0) <= value) sorted.push(left.sorted[at++] ?? 0);
    inversions += left.sorted.length - at;
    sorted.push(value);
  }
  return { sorted: [...sorted, ...left.sorted.slice(at)], inversions };
}
