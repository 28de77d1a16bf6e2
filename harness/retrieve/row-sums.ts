/** What a term adds to the rows that hold it, each of which is there once. */
export type TermScores = { readonly rows: Int32Array; readonly scores: Float32Array };

/** The sum of a query for every row, a float32 and 0 where no term added to it; and the rows with one, in no order. */
export type RowSums = { readonly scores: Float64Array; readonly matched: Int32Array };

/** Added scores for each row from which a pass over all rows is faster than one over the lists. */
const DENSE = 1 / 4;

/**
 * Sums terms' scores by row, query after query in the same arrays: each answer holds until the next query. A term's arrays
 * may change when the next term is asked for. Time and clearing cost what is added, or one pass over the rows.
 *
 * What is added is float32, so that a double holds the sum without rounding, in whatever order the terms come: texts that
 * match alike tie.
 */
export function createRowSums(count: number): (terms: Iterable<TermScores>) => RowSums {
  const scores = new Float64Array(count);
  const matched = new Int32Array(count);
  const taken = new Float32Array(Math.ceil(count * DENSE));
  let dirty = matched.subarray(0, 0);

  function clear(): void {
    if (dirty.length >= taken.length) scores.fill(0);
    else for (let at = 0; at < dirty.length; at++) scores[dirty[at] ?? 0] = 0;
  }

  function add({ rows, scores: addends }: TermScores): void {
    for (let at = 0; at < rows.length; at++) {
      const row = rows[at] ?? 0;
      scores[row] = (scores[row] ?? 0) + (addends[at] ?? 0);
    }
  }

  function matchesOfAll(): number {
    let found = 0;
    for (let row = 0; row < count; row++) {
      const sum = scores[row] ?? 0;
      if (sum === 0) continue;
      scores[row] = Math.fround(sum);
      matched[found++] = row;
    }
    return found;
  }

  /** Takes a sum out where it is met, so that a row of several lists is found once. */
  function matchesOf(lists: readonly Int32Array[]): number {
    let found = 0;
    for (const rows of lists) {
      for (let at = 0; at < rows.length; at++) {
        const row = rows[at] ?? 0;
        const sum = scores[row] ?? 0;
        if (sum === 0) continue;
        taken[found] = sum;
        matched[found++] = row;
        scores[row] = 0;
      }
    }
    for (let at = 0; at < found; at++) scores[matched[at] ?? 0] = taken[at] ?? 0;
    return found;
  }

  return (terms) => {
    clear();
    const lists: Int32Array[] = [];
    let added = 0;
    for (const term of terms) {
      add(term);
      lists.push(term.rows);
      added += term.rows.length;
    }
    // Lucene returns a float32 too; without it sums that are a tie there would not be one here
    dirty = matched.subarray(0, added > taken.length ? matchesOfAll() : matchesOf(lists));
    return { scores, matched: dirty };
  };
}
