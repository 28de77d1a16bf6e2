import type { z } from "zod";
import type { Component } from "../component.ts";
import type { SearchedCorpus } from "../domain/dataset.ts";
import type { ViewRole } from "../domain/view.ts";
import type { HubAccess } from "../remote/hub-repository.ts";
import type { Pause } from "../runtime/retry.ts";
import type { Json } from "../storage/content-hash.ts";
import type { TokenPrice } from "./token-price.ts";

/** What a text is to the encoder; instructions differ by it. */
export type TextRole = "query" | ViewRole;

/** A text and what it is called: a document's or query's id, or a scenario's. */
export type NamedText = { readonly id: string; readonly text: string };

/** How texts of a role are put before a model: data, shown by `plan` and part of every vector's key. */
export type TextForm = {
  /** What the model reads; `{text}`, which occurs once, stands for the text. */
  readonly template: string;
  /** Tokens of it that the model reads, instruction included; undefined where the encoder's identity says it. */
  readonly maxTokens?: number | undefined;
  /** Where vectors are looked up and not computed: sha256 of what they are looked up in. */
  readonly vectors?: string | undefined;
};

/** The form of encoders that read a text as it stands. */
const PLAIN_FORM: TextForm = { template: "{text}" };

/**
 * Texts to vectors. Equal `identity`, role, form of that role and text give equal vectors: that is what the cache relies on.
 */
export type Encoder = {
  /** Everything besides role, form and text that changes a vector, as canonical-JSON data. Never a secret. */
  readonly identity: Json;
  readonly forms: Readonly<Record<TextRole, TextForm>>;
  /** What `encode` is given of a text and its vector belongs to: what it says, unless told, or what it is called. */
  readonly reads?: "id" | "text" | undefined;
  readonly dim: number;
  /** How many texts one `encode` call takes at best; the caller batches by it. */
  readonly batchSize: number;
  /**
   * @throws {RefusedTexts} when some texts cannot be encoded; it carries the vectors of the others
   */
  encode(texts: readonly string[], role: TextRole): Promise<EncodedTexts>;
  /** Where its forms and settings come from, such as a preset, and what of them is unverified: sentences for `plan`. */
  readonly origins?: readonly string[] | undefined;
  /** Tokens of a text that are read, where the forms do not say and the identity has the rule: for `plan`. */
  readonly maxTokens?: number | undefined;
  /** How the tokens of a text are told before it is encoded; by its length unless told. */
  readonly tokenEstimate?: TokenEstimate | undefined;
  /** What tokens cost; undefined where nobody is paid, or no price is known. */
  readonly price?: TokenPrice | undefined;
  /** What it took so far; only encoders that work elsewhere know. */
  usage?(): EncoderUsage;
};

/** Tokens of a text that the model reads, its instruction included. */
export type TokenEstimate = {
  /** In words, e.g. `4 characters a token`. */
  readonly how: string;
  tokens(text: string, role: TextRole): number;
};

export type EncodedTexts = {
  /** `texts.length * dim` values, row-major, every row of unit norm or all zero (a text without content). */
  readonly vectors: Float32Array;
  /** Positions of texts that were too long, of which a part was read; ascending. */
  readonly truncated: readonly number[];
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
  /** Where models that were fetched from the hub are. */
  readonly models?: Pick<HubAccess, "hub" | "records"> | undefined;
  /** The value of an environment variable that holds a key; empty counts as unset. */
  readonly secret?: ((name: string) => string | undefined) | undefined;
  /** Prints a line for the person at the terminal. */
  readonly say?: ((line: string) => void) | undefined;
  readonly pause?: Pause | undefined;
  readonly signal?: AbortSignal | undefined;
};

/** The forms of encoders to which the role makes no difference. */
export const PLAIN_FORMS = { query: PLAIN_FORM, document: PLAIN_FORM, scenario: PLAIN_FORM };

/** A configured encoder before it knows the dataset: `hashed` takes its idf from the corpus, instructions its prompts. */
export type EncoderSource = {
  /** Finds out identity and dimension. What takes long (learning from the corpus, loading a model) waits for `encode`. */
  open(dataset: SearchedCorpus): Promise<Encoder>;
};

/** Keeps literal types; one call per encoder file. */
export function defineEncoder<const Kind extends string, Options extends z.ZodType>(
  encoder: Component<Kind, Options, EncoderSource, EncoderServices>,
): Component<Kind, Options, EncoderSource, EncoderServices> {
  return encoder;
}
