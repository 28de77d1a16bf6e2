/** What the encoder of a retriever did in a run; it differs from run to run, so no result holds it. */
export type EncodingWork = {
  readonly retriever: string;
  /** Distinct texts that it made vectors of. */
  readonly texts: number;
  /** Tokens of these, estimated as `plan` does. */
  readonly tokens: number;
  /** Spent in the encoder, waiting for a server included. */
  readonly seconds: number;
  /** What servers were asked; `null` for an encoder that works here. */
  readonly served: ServedWork | null;
};

export type ServedWork = {
  /** Tries and probes included. */
  readonly requests: number;
  /** Tokens that servers counted, and answers that came without a count. */
  readonly tokens: number;
  readonly unmetered: number;
  /** `null` without a price, or where tokens were not counted. */
  readonly usd: number | null;
};
