/**
 * How the rows of a corpus and of its scenario set hang together, worked out once and shared by every query. `n`
 * documents, `m` scenarios stored in document order.
 */
export type ViewLayout = {
  /** `tieRanks` of the document rows; length n. */
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
  const order = Int32Array.from(owners.keys()).sort(
    (a, b) => (ties[owners[a] ?? 0] ?? 0) - (ties[owners[b] ?? 0] ?? 0) || b - a,
  );
  const scenarioTies = new Int32Array(owners.length);
  for (const [rank, row] of order.entries()) scenarioTies[row] = rank;
  return { ties, offsets, noise, owners, scenarioTies };
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
  const own = ties.subarray(first, end);
  const order = Int32Array.from(own.keys()).sort((a, b) => (own[a] ?? 0) - (own[b] ?? 0));
  const ranks = new Int32Array(own.length);
  for (const [rank, row] of order.entries()) ranks[row] = rank;
  return ranks;
}
