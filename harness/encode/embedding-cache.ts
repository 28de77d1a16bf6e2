import type { Embeddings } from "../domain/embeddings.ts";
import type { Encoder, NamedText, TextRole } from "./types.ts";

/** Vectors by content, so that no text is encoded twice. */
export type EmbeddingCache = {
  /** The texts that have no vector yet, in their order, each as often as it occurs. */
  missing(encoder: Encoder, role: TextRole, texts: AsyncIterable<NamedText>): AsyncIterable<MissingText>;
  /** Vectors of all texts in their order; encodes and stores those that are missing. */
  embed(request: EmbedRequest): Promise<EmbeddedTexts>;
};

/** `key` is what its vector will be stored under: texts of equal keys are encoded once. */
export type MissingText = { readonly key: string; readonly text: NamedText };

export type EmbeddedTexts = {
  readonly embeddings: Embeddings;
  /** Distinct texts that had no vector and were encoded. */
  readonly encoded: number;
  /** Texts of which only a part was read, each as often as it occurs. */
  readonly truncated: number;
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
