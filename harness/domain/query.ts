import type { DocId, QueryId } from "./ids.ts";

/** What is asked. `excluded` names the documents that may not be returned for this query (BRIGHT's `excluded_ids`). */
export type Query = QueryText & { readonly id: QueryId; readonly excluded: readonly DocId[] };

/** What a retriever is given of a query. `text` is what is searched by words; an expanded query has its expansion in it. */
export type QueryText = {
  readonly id: string;
  readonly text: string;
  /** What an expanded query's vector is made of; without parts it is the vector of `text`. */
  readonly parts?: readonly QueryPart[] | undefined;
};

/** A text whose unit vector goes into the vector of a query, `weight` times; the weights of a query sum to 1. */
export type QueryPart = {
  readonly text: string;
  /** Above 0. */
  readonly weight: number;
  /** What the encoder takes it for. */
  readonly role: "query" | "document";
};
