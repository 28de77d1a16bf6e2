import type { StoredVectors, VectorPrecision } from "../domain/embeddings.ts";
import type { Encoder, NamedText, TextRole } from "./types.ts";

/** Vectors by content, so that no text is encoded twice. */
export type EmbeddingCache = {
  /** The texts that have no vector yet, in their order, each as often as it occurs. */
  missing(request: EmbeddingRequest): AsyncIterable<MissingText>;
  /** Vectors of all texts in their order; encodes and stores those that are missing. */
  embed(request: EmbedRequest): Promise<EmbeddedTexts>;
};

export type EmbeddingRequest = {
  readonly encoder: Encoder;
  /** How vectors are stored, `float32` unless told; each way has its own. */
  readonly storage?: VectorPrecision | undefined;
  readonly role: TextRole;
  readonly texts: AsyncIterable<NamedText>;
};

/** `key` is what its vector will be stored under: texts of equal keys are encoded once. */
type MissingText = { readonly key: string; readonly text: NamedText };

export type EmbedRequest = EmbeddingRequest & {
  readonly count: number;
  readonly signal?: AbortSignal | undefined;
  /** Called as vectors become available; `done` of `count`. */
  readonly onProgress?: ((done: number) => void) | undefined;
};

export type EmbeddedTexts = {
  /** Row `i` is that of text `i`; equal texts share a row. Every file of it has been verified in this process. */
  readonly vectors: StoredVectors;
  /** Distinct texts that had no vector and were encoded. */
  readonly encoded: number;
  /** Texts of which only a part was read, now or when they were encoded, each as often as it occurs. */
  readonly truncated: number;
};
