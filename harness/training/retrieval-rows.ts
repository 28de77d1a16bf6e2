/** A text, a document that it should be near to, and some that it should not. */
export type RetrievalExample = {
  readonly anchor: string;
  readonly positive: string;
  /** At least one. */
  readonly negatives: readonly string[];
};

type Row = Readonly<Record<string, unknown>>;

/** Source: https://github.com/FlagOpen/FlagEmbedding (fine-tuning data of embedders). */
export function flagEmbeddingRow({ anchor, positive, negatives }: RetrievalExample): Row {
  return { query: anchor, pos: [positive], neg: negatives };
}

/** Source: https://sbert.net/docs/sentence_transformer/loss_overview.html (anchor, positive, negative_1, ..., negative_n). */
export function sentenceTransformersRow({ anchor, positive, negatives }: RetrievalExample): Row {
  return {
    anchor,
    positive,
    ...Object.fromEntries(negatives.map((text, at) => [`negative_${at + 1}`, text])),
  };
}
