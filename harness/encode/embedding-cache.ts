import type { Embeddings } from "../domain/embeddings.ts";
import type { Encoder, NamedText, TextRole } from "./types.ts";

/** Vectors by content, so that no text is encoded twice. */
export type EmbeddingCache = {
  /** How many of the texts have no vector yet. */
  missing(encoder: Encoder, role: TextRole, texts: AsyncIterable<NamedText>): Promise<number>;
  /** Vectors of all texts in their order; encodes and stores those that are missing. `encoded` counts them. */
  embed(request: EmbedRequest): Promise<{ readonly embeddings: Embeddings; readonly encoded: number }>;
};

export type EmbedRequest = {
  readonly encoder: Encoder;
  readonly role: TextRole;
  readonly count: number;
  readonly texts: AsyncIterable<NamedText>;
  readonly signal?: AbortSignal | undefined;
  /** Called as vectors become available; `done` of `count`. */
  readonly onProgress?: ((done: number) => void) | undefined;
};
