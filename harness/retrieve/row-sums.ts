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
  const taken = new Float32Array(Math.ceil(count * DENSE));
  // one more than there are rows: a place for the row that is looked at and may not match
  const matched = new Int32Array(count + 1);
  let found = 0;

  return (terms) => {
    clear(scores, found < taken.length ? matched.subarray(0, found) : undefined);
    const lists: Int32Array[] = [];
    let added = 0;
    for (const term of terms) {
      add(scores, term);
      lists.push(term.rows);
      added += term.rows.length;
    }
    found = added > taken.length ? matchesOfAll(scores, matched) : matchesOf(lists, { scores, matched, taken });
    return { scores, matched: matched.subarray(0, found) };
  };
}

/** @param rows that are not 0, where they are few */
function clear(scores: Float64Array, rows: Int32Array | undefined): void {
  if (rows === undefined) scores.fill(0);
  else for (let at = 0; at < rows.length; at++) scores[rows[at] ?? 0] = 0;
}

function add(sums: Float64Array, { rows, scores }: TermScores): void {
  for (let at = 0; at < rows.length; at++) {
    const row = rows[at] ?? 0;
    sums[row] = (sums[row] ?? 0) + (scores[at] ?? 0);
  }
}

/** Lucene returns a float32 too; without it sums that are a tie there would not be one here. */
function matchesOfAll(scores: Float64Array, matched: Int32Array): number {
  let found = 0;
  for (let row = 0; row < scores.length; row++) {
    const sum = Math.fround(scores[row] ?? 0);
    scores[row] = sum;
    matched[found] = row;
    // no branch: it would be guessed wrongly for many of the rows
    found += Number(sum !== 0);
  }
  return found;
}

/** The same for the rows of the lists. A sum is taken out where it is met, so that a row of several lists is found once. */
function matchesOf(
  lists: readonly Int32Array[],
  { scores, matched, taken }: RowSums & { readonly taken: Float32Array },
): number {
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
