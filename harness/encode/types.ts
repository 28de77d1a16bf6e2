import type { z } from "zod";
import type { Component } from "../component.ts";
import type { ViewCollection, ViewRole } from "../domain/view.ts";
import type { Json } from "../storage/content-hash.ts";

/** What a text is to the encoder; instructions differ by it. */
export type TextRole = "query" | ViewRole;

/** Texts to vectors. Equal `identity`, role and text give equal vectors: that is what the cache relies on. */
export type Encoder = {
  /** Everything besides role and text that changes a vector, as canonical-JSON data. Never a secret. */
  readonly identity: Json;
  readonly dim: number;
  /** How many texts one `encode` call takes at best; the caller batches by it. */
  readonly batchSize: number;
  /**
   * @returns `texts.length * dim` float32 values, row-major, every row of unit norm or all zero (a text without content)
   */
  encode(texts: readonly string[], role: TextRole): Promise<Float32Array>;
};

/** A configured encoder before it knows the corpus. Most ignore the corpus; `hashed` takes its idf from it. */
export type EncoderSource = {
  /** Finds out identity and dimension. What takes long (learning from the corpus, loading a model) waits for `encode`. */
  open(corpus: ViewCollection): Promise<Encoder>;
};

/** What every encoder is given. */
export type EncoderServices = {
  /** What relative paths in the options refer to: the folder of the run file. */
  readonly folder: string;
};

/** Keeps literal types; one call per encoder file. */
export function defineEncoder<const Kind extends string, Options extends z.ZodType>(
  encoder: Component<Kind, Options, EncoderSource, EncoderServices>,
): Component<Kind, Options, EncoderSource, EncoderServices> {
  return encoder;
}
