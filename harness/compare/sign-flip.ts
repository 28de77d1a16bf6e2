import type { Draws } from "../domain/comparison.ts";
import { createRandomSource } from "../runtime/seeded-random.ts";

/**
 * Queries whose signs are flipped together: one row of terms for each statistic, all rows under the same signs.
 * A statistic is the sum of its terms.
 */
export type SignStratum = {
  /** Names the random numbers; strata with different labels have independent signs. */
  readonly label: string;
  /** Rows of equal length. */
  readonly rows: readonly (readonly number[])[];
};

export type SignFlips = Draws & {
  /**
   * The statistics of a block of draws: one array for each row, strata in order. Arrays are used again for the next
   * block.
   */
  blocks(): Iterable<readonly Float64Array[]>;
};

/** All sign patterns are looked at when there are at most 2^20. */
const MOST_EXACT_BITS = 20;
/** Draws of one random substream: few enough for the caches of a core, whatever the number of queries. */
const BLOCK = 1024;

/**
 * Sums under random signs, or under every pattern of signs when these are few. A query whose terms are zero in every row
 * takes no sign, for flipping it changes nothing.
 *
 * Eight signs are looked up at once: 256 sums a row and group of eight queries, so a draw costs n / 8 additions.
 */
export function signFlips(
  strata: readonly SignStratum[],
  { seed, draws }: { readonly seed: number; readonly draws: number },
): SignFlips {
  const active = strata.map(({ rows }) => activeColumns(rows));
  const bits = active.reduce((sum, columns) => sum + columns.length, 0);
  const exact = bits <= MOST_EXACT_BITS;
  const total = exact ? 2 ** bits : draws;
  const tables = strata.map(({ rows }, at) =>
    rows.map((row) => signedSums((active[at] ?? []).map((i) => row[i] ?? 0))),
  );
  const fillers = strata.map(({ label }, at) => {
    const before = active.slice(0, at).reduce((sum, columns) => sum + columns.length, 0);
    return exact ? patternFiller(before) : createRandomSource(seed, `signs of ${label}`);
  });
  function* blocks(): Generator<readonly Float64Array[]> {
    const sums = tables.map((rows) => rows.map(() => new Float64Array(BLOCK)));
    const words = active.map(({ length }) => new Uint32Array(Math.ceil(length / 32) * BLOCK));
    for (let block = 0; block * BLOCK < total; block++) {
      const count = Math.min(BLOCK, total - block * BLOCK);
      for (const [at, rows] of tables.entries()) {
        const signs = words[at] ?? new Uint32Array(0);
        fillers[at]?.fill(signs, block);
        for (const [row, table] of rows.entries()) addUnderSigns(table, signs, sums[at]?.[row] ?? new Float64Array(0));
      }
      yield sums.flat().map((row) => row.subarray(0, count));
    }
  }
  return { draws: total, exact, blocks };
}

function activeColumns(rows: readonly (readonly number[])[]): readonly number[] {
  return Array.from(rows[0] ?? [], (_, column) => column).filter((column) => rows.some((row) => row[column] !== 0));
}

/** Draw number r has the bits of r as signs; a stratum's own start after those of the strata before it. */
function patternFiller(firstBit: number) {
  return {
    fill(words: Uint32Array, block: number): void {
      for (let draw = 0; draw < words.length; draw++) words[draw] = (block * BLOCK + draw) >>> firstBit;
    },
  };
}

/** For each group of eight terms their sum under all 256 patterns; a set bit is a minus. */
function signedSums(terms: readonly number[]): Float64Array {
  const sums = new Float64Array(Math.ceil(terms.length / 8) * 256);
  for (let at = 0; at < sums.length; at++) {
    const first = (at >>> 8) * 8;
    let sum = 0;
    for (let bit = 0; bit < 8; bit++) {
      const term = terms[first + bit] ?? 0;
      sum += (at >>> bit) & 1 ? -term : term;
    }
    sums[at] = sum;
  }
  return sums;
}

/** @param words for each 32 queries a word a draw; bits beyond the last query meet zeros */
function addUnderSigns(table: Float64Array, words: Uint32Array, sums: Float64Array): void {
  sums.fill(0);
  for (let group = 0; group * 256 < table.length; group++) {
    const first = (group >>> 2) * BLOCK;
    const shift = (group & 3) * 8;
    const entries = table.subarray(group * 256, group * 256 + 256);
    for (let draw = 0; draw < BLOCK; draw++) {
      const pattern = ((words[first + draw] ?? 0) >>> shift) & 255;
      sums[draw] = (sums[draw] ?? 0) + (entries[pattern] ?? 0);
    }
  }
}
