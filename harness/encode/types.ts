import type { z } from "zod";
import type { Component } from "../component.ts";
import type { ViewCollection, ViewRole } from "../domain/view.ts";
import type { Pause } from "../runtime/retry.ts";
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
   * @throws {RefusedTexts} when some texts cannot be encoded; it carries the vectors of the others
   */
  encode(texts: readonly string[], role: TextRole): Promise<Float32Array>;
  /** What it took so far; only encoders that work elsewhere know. */
  usage?(): EncoderUsage;
};

/** Counts since the encoder was opened. */
export type EncoderUsage = {
  readonly requests: number;
  /** Texts that came back as vectors, probes included. */
  readonly texts: number;
  /** Tokens that the server counted, and how many answers came without a count. */
  readonly tokens: number;
  readonly unmetered: number;
  /** Texts of which only the beginning was encoded. */
  readonly truncated: number;
  /** Undefined without a price, or where tokens were not counted. */
  readonly usd: number | undefined;
};

/** What the room hands to every encoder; tests leave out what they do not need. */
export type EncoderServices = {
  /** What relative paths in the options refer to: the folder of the run file. */
  readonly folder: string;
  /** The value of an environment variable that holds a key; empty counts as unset. */
  readonly secret?: ((name: string) => string | undefined) | undefined;
  /** Prints a line for the person at the terminal. */
  readonly say?: ((line: string) => void) | undefined;
  readonly pause?: Pause | undefined;
  readonly signal?: AbortSignal | undefined;
};

/** A configured encoder before it knows the corpus. Most ignore the corpus; `hashed` takes its idf from it. */
export type EncoderSource = {
  /** Finds out identity and dimension. What takes long (learning from the corpus, loading a model) waits for `encode`. */
  open(corpus: ViewCollection): Promise<Encoder>;
};

/** Keeps literal types; one call per encoder file. */
export function defineEncoder<const Kind extends string, Options extends z.ZodType>(
  encoder: Component<Kind, Options, EncoderSource, EncoderServices>,
): Component<Kind, Options, EncoderSource, EncoderServices> {
  return encoder;
}
