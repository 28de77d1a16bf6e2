/**
 * A text on its way to a server: its place in the caller's batch, and its tokens with the instruction, estimated by their
 * length since the model's own tokenizer is not at hand.
 */
export type BatchItem = { readonly position: number; readonly text: string; readonly tokens: number };

/** The text's first `length` UTF-16 units, less half a surrogate pair at the cut. */
export function cutText(text: string, length: number): string {
  const end = Math.max(0, length);
  const last = text.charCodeAt(end - 1);
  const halved = end < text.length && last >= 0xd800 && last <= 0xdbff;
  return text.slice(0, halved ? end - 1 : end);
}

/** Items in their order in batches of at most `size` and `tokens`; an item over `tokens` is a batch of its own. */
export function batchItems(
  items: readonly BatchItem[],
  most: { readonly size: number; readonly tokens: number },
): readonly (readonly BatchItem[])[] {
  const batches: BatchItem[][] = [];
  let batch: BatchItem[] = [];
  let tokens = 0;
  for (const item of items) {
    if (batch.length > 0 && (batch.length === most.size || tokens + item.tokens > most.tokens)) {
      batches.push(batch);
      batch = [];
      tokens = 0;
    }
    batch.push(item);
    tokens += item.tokens;
  }
  if (batch.length > 0) batches.push(batch);
  return batches;
}
