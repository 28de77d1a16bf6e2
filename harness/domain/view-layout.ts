/**
 * How the rows of a corpus and of its scenario set hang together, worked out once and shared by every query. `n`
 * documents, `m` scenarios stored in document order.
 */
export type ViewLayout = {
  /** `tieRanks` of the document rows, each of 0 to n - 1 once; length n. */
  readonly ties: Int32Array;
  /** Document row `d` owns scenario rows `offsets[d]` up to, not including, `offsets[d + 1]`; length n + 1. */
  readonly offsets: Int32Array;
  /** 1 where a scenario says that its document is noise; length m. */
  readonly noise: Uint8Array;
  /** Document row of every scenario row; length m. */
  readonly owners: Int32Array;
  /** Tie ranks of the scenario rows: by their document, then by row descending (the SPIKE code's sort); length m. */
  readonly scenarioTies: Int32Array;
};

export function layOutViews({ ties, offsets, noise }: Pick<ViewLayout, "ties" | "offsets" | "noise">): ViewLayout {
  const owners = new Int32Array(offsets.at(-1) ?? 0);
  for (let document = 0; document + 1 < offsets.length; document++) {
    owners.fill(document, offsets[document], offsets[document + 1]);
  }
  const scenarioTies = new Int32Array(owners.length);
  let rank = 0;
  for (const document of rowsByRank(ties)) {
    const first = offsets[document] ?? 0;
    for (let row = (offsets[document + 1] ?? 0) - 1; row >= first; row--) scenarioTies[row] = rank++;
  }
  return { ties, offsets, noise, owners, scenarioTies };
}

/** The other way round: the row of every rank. */
function rowsByRank(ties: Int32Array): Int32Array {
  const rows = new Int32Array(ties.length);
  for (const [row, rank] of ties.entries()) rows[rank] = row;
  return rows;
}

/** Document rows `first` up to, not including, `end`. */
export type RowRange = { readonly first: number; readonly end: number };

/** The layout of some documents that follow each other, as if they were a corpus of their own; its orders are those of the whole. */
export function sliceLayout({ ties, offsets, noise }: ViewLayout, { first, end }: RowRange): ViewLayout {
  const base = offsets[first] ?? 0;
  return layOutViews({
    ties: sliceTies(ties, { first, end }),
    offsets: offsets.slice(first, end + 1).map((offset) => offset - base),
    noise: noise.slice(base, offsets[end]),
  });
}

/** Tie ranks of some rows that follow each other, from 0 on. */
export function sliceTies(ties: Int32Array, { first, end }: RowRange): Int32Array {
  const ranks = new Int32Array(Math.max(0, Math.min(end, ties.length) - first));
  let next = 0;
  // those of other rows are passed over
  for (const row of rowsByRank(ties)) if (row >= first && row < end) ranks[row - first] = next++;
  return ranks;
}
