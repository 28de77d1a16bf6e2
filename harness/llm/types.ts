import type { ChatMessage } from "../remote/chat-endpoint.ts";
import type { Pause } from "../runtime/retry.ts";
import type { Json } from "../storage/content-hash.ts";

/** What is asked of a model once. */
export type Prompt = {
  readonly messages: readonly ChatMessage[];
  /** What the answer must look like, for servers that can be told; `name` is theirs alone. */
  readonly schema?: { readonly name: string; readonly schema: Json } | undefined;
  /** Tells apart several samples of one prompt; 0 for the first. */
  readonly sample?: number | undefined;
  /** Id of what it is about, a document or a query: by it recorded answers are found. Never sent, and no part of a key. */
  readonly about?: string | undefined;
};

/** Tokens that a server counted; undefined where it did not. */
export type TokenCounts = {
  readonly promptTokens?: number | undefined;
  readonly completionTokens?: number | undefined;
};

/** What became of a prompt. */
export type Outcome = Answered | Failed;

type Answered = TokenCounts & {
  readonly status: "answered";
  /** What the model said, as it came. */
  readonly text: string;
  /** `length` when it was cut off. */
  readonly finish: string;
  /** The name that the server gave for the model. */
  readonly model: string;
};

/**
 * No answer. A `passing` failure is the server's or the network's; any other lies with the prompt, and stays. A refusal has
 * its tokens counted too: it is paid for.
 */
export type Failed = TokenCounts & {
  readonly status: "failed";
  readonly why: string;
  readonly passing?: boolean | undefined;
};

/** A model that is talked to. */
export type ChatClient = {
  /** Everything besides the prompt that an answer depends on: model, server, sampling. Never a secret. */
  readonly identity: Json;
  /**
   * Asks once, with tries for what passes.
   *
   * @param attempt how often the prompt was asked before, from 0; a seed is moved by it, so that the answer can differ
   * @returns a failure for what only this prompt may suffer: refused, filtered, empty, no answer after all tries
   * @throws {HarnessError} for what every prompt would suffer: `USAGE` without a key, `REMOTE_REFUSED`
   */
  complete(prompt: Prompt, attempt?: number): Promise<Outcome>;
  /** USD that tokens cost; undefined without a price or a count. */
  costOf(tokens: TokenCounts): number | undefined;
  /** Whether a price is known, so that money can be counted at all. */
  readonly priced: boolean;
};

/** What the room hands to every client; tests leave out what they do not need. */
export type ChatServices = {
  readonly secret?: ((name: string) => string | undefined) | undefined;
  readonly pause?: Pause | undefined;
  readonly signal?: AbortSignal | undefined;
};
