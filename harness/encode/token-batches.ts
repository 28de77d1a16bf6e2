/** A text on its way to a model: its place in the caller's batch, and its ids with special tokens. */
export type TokenText = { readonly position: number; readonly ids: readonly number[] };

/**
 * Texts in batches of at most `size` rows and `tokens` ids, padding included; a longer text is a batch of its own. Longest
 * first, so that the rows of a batch are of similar length and the largest batch comes first.
 */
export function batchByLength(
  texts: readonly TokenText[],
  most: { readonly size: number; readonly tokens: number },
): readonly (readonly TokenText[])[] {
  const sorted = texts.toSorted((a, b) => b.ids.length - a.ids.length || a.position - b.position);
  const batches: TokenText[][] = [];
  let batch: TokenText[] = [];
  for (const text of sorted) {
    const width = batch[0]?.ids.length ?? 0;
    if (batch.length > 0 && (batch.length === most.size || width * (batch.length + 1) > most.tokens)) {
      batches.push(batch);
      batch = [];
    }
    batch.push(text);
  }
  if (batch.length > 0) batches.push(batch);
  return batches;
}

/** Ids and attention mask (1: a token, 0: padding) of a batch, `rows * width` values each, padded on the right. */
export type PaddedBatch = {
  readonly ids: BigInt64Array;
  readonly mask: BigInt64Array;
  readonly rows: number;
  readonly width: number;
};

/** Lays batches out one after the other in memory of its own: a batch is gone once the next one is asked for. */
export function createPadder(padId: number): (batch: readonly TokenText[]) => PaddedBatch {
  let ids = new BigInt64Array(0);
  let mask = new BigInt64Array(0);
  return (batch) => {
    const rows = batch.length;
    const width = batch.reduce((longest, text) => Math.max(longest, text.ids.length), 0);
    if (ids.length < rows * width) {
      ids = new BigInt64Array(rows * width);
      mask = new BigInt64Array(rows * width);
    }
    ids.fill(BigInt(padId), 0, rows * width);
    mask.fill(0n, 0, rows * width);
    for (const [row, text] of batch.entries()) {
      const start = row * width;
      for (const [at, id] of text.ids.entries()) ids[start + at] = BigInt(id);
      mask.fill(1n, start, start + text.ids.length);
    }
    return { ids: ids.subarray(0, rows * width), mask: mask.subarray(0, rows * width), rows, width };
  };
}
