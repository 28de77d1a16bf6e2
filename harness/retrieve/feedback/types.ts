import type { z } from "zod";
import type { Component } from "../../component.ts";
import type { Json } from "../../storage/content-hash.ts";
import type { QueryTerm } from "../query-terms.ts";

/** What a first search over the documents teaches about a query's vector. */
export type VectorFeedback = {
  /** Kind, version and options: part of the identity of the retriever. */
  readonly identity: Json;
  /** How many of the best documents feed back, at least 1; there may be fewer. */
  readonly depth: number;
  /** Weights of the query's vector and of the mean of the documents' vectors in the new direction; both at least 0. */
  weights(found: number): { readonly query: number; readonly documents: number };
};

/** How often a document holds a term. */
export type TermCount = { readonly term: string; readonly count: number };

/** A document that feeds back: its score in the first search, above 0, and its most frequent admitted terms. */
export type FeedbackDocument = { readonly score: number; readonly terms: readonly TermCount[] };

/** What a first search over the documents teaches about a query's terms. */
export type TermFeedback = {
  /** As in `VectorFeedback`. */
  readonly identity: Json;
  readonly depth: number;
  /** How many terms of a document are looked at: the most frequent, of equals the first by UTF-16 order. */
  readonly termsPerDocument: number;
  /** Whether a term may feed back. @param share of the documents with any term, those that hold it: in (0, 1] */
  admits(term: string, share: number): boolean;
  /** The new query. @param documents best first; none leave the query as it is */
  expand(query: readonly QueryTerm[], documents: readonly FeedbackDocument[]): readonly QueryTerm[];
};

/** Keeps literal types; one call per file of a vector feedback. */
export function defineVectorFeedback<const Kind extends string, Options extends z.ZodType>(
  feedback: Component<Kind, Options, VectorFeedback>,
): Component<Kind, Options, VectorFeedback> {
  return feedback;
}

/** Keeps literal types; one call per file of a term feedback. */
export function defineTermFeedback<const Kind extends string, Options extends z.ZodType>(
  feedback: Component<Kind, Options, TermFeedback>,
): Component<Kind, Options, TermFeedback> {
  return feedback;
}
