import type { VectorPrecision } from "../domain/embeddings.ts";
import type { EmbeddingCache } from "./embedding-cache.ts";
import { createKeyTable } from "./key-table.ts";
import type { Encoder, NamedText, TextForm, TextRole, TokenEstimate } from "./types.ts";

/** Texts of one role. */
type RoleTexts = { readonly role: TextRole; readonly texts: AsyncIterable<NamedText> };

export type EncodingRequest = {
  readonly encoder: Encoder;
  /** As `EmbeddingRequest` has it. */
  readonly storage?: VectorPrecision | undefined;
  readonly texts: readonly RoleTexts[];
  /**
   * Takes down a vector's key and tells whether it is the first time: what several parts of a plan need counts in the
   * first of them.
   */
  readonly isNew: (key: string) => boolean;
  readonly signal?: AbortSignal | undefined;
};

export type EncodingEstimate = {
  /** Texts without a vector, each as often as it occurs. */
  readonly missing: number;
  /** The distinct ones of them that are new, and the tokens that a model reads of these. */
  readonly toEncode: number;
  readonly tokens: number;
};

/**
 * A rule of thumb for English.
 *
 * Source: https://help.openai.com/en/articles/4936856-what-are-tokens-and-how-to-count-them
 */
const CHARACTERS_PER_TOKEN = 4;

/** Counts what is left to encode, without encoding it. @throws the signal's reason when it is aborted */
export async function estimateEncoding(cache: EmbeddingCache, request: EncodingRequest): Promise<EncodingEstimate> {
  const { encoder, storage, isNew, signal } = request;
  const estimate = tokenEstimateOf(encoder);
  let missing = 0;
  let toEncode = 0;
  let tokens = 0;
  for (const { role, texts } of request.texts) {
    for await (const { key, text } of cache.missing({ encoder, storage, role, texts })) {
      signal?.throwIfAborted();
      missing += 1;
      if (!isNew(key)) continue;
      toEncode += 1;
      tokens += estimate.tokens(text.text, role);
    }
  }
  return { missing, toEncode, tokens };
}

/** What tells when a key comes up for the first time. */
export function newKeys(): (key: string) => boolean {
  // a Set ends at 2^24 keys
  const known = createKeyTable();
  return (key) => {
    const { size } = known;
    known.add(Buffer.from(key, "latin1"));
    return known.size > size;
  };
}

/** The encoder's own estimate; else by length, up to what is read. What goes by a text's name reads no tokens. */
export function tokenEstimateOf({ forms, reads, maxTokens, tokenEstimate }: Encoder): TokenEstimate {
  if (reads === "id") return { how: "no tokens are read", tokens: () => 0 };
  return (
    tokenEstimate ?? {
      how: `${CHARACTERS_PER_TOKEN} characters a token`,
      tokens: (text, role) => tokensByLength(text, forms[role], maxTokens),
    }
  );
}

function tokensByLength(text: string, { template, maxTokens }: TextForm, ofEncoder: number | undefined): number {
  const length = template.length - "{text}".length + text.length;
  return Math.min(maxTokens ?? ofEncoder ?? Number.POSITIVE_INFINITY, Math.ceil(length / CHARACTERS_PER_TOKEN));
}
