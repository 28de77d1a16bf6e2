import { z } from "zod";
import type { QueryTerm } from "../query-terms.ts";
import { depthOption } from "./depth-option.ts";
import { defineTermFeedback, type FeedbackDocument } from "./types.ts";

/** Part of the identity: raise it when the same options give another query. */
const VERSION = 1;

/** Lengths of a term that may feed back, in UTF-16 units. */
const LENGTHS = { least: 2, most: 20 };
const LETTERS_AND_DIGITS = /^[a-z0-9]+$/;

/**
 * The relevance model of the best documents, mixed with the query: `weight * query + (1 - weight) * model`. In the model
 * a term weighs the sum over the documents of `score * count / all counts of the document's kept terms`.
 *
 * Anserini scales query and model to a sum of 1; here the model gets the sum of the query, so that scores stay on
 * BM25's scale and a weight of 1 is BM25 to the last bit. The order is the same but where float32 rounds otherwise.
 *
 * Source: Abdul-Jaleel et al., UMass at TREC 2004: Novelty and HARD; defaults, filters and both cuts to `terms` before
 * scaling from Anserini's Rm3Reranker, which leaves open which of equally heavy terms is kept.
 */
export const rm3 = defineTermFeedback({
  kind: "rm3",
  summary: "For BM25: adds the heaviest terms of the best documents to the query.",
  source: "Abdul-Jaleel et al., UMass at TREC 2004; Anserini's Rm3Reranker, https://github.com/castorini/anserini",
  options: z.strictObject({
    documents: depthOption(10),
    terms: z.int().min(1).max(1_000).default(10).describe("Terms kept of every document, and of all of them together."),
    weight: z.number().min(0).max(1).default(0.5).describe("Weight of the query as it was asked; 1 is no feedback."),
    maxDocumentShare: z
      .number()
      .positive()
      .max(1)
      .default(0.1)
      .describe("Terms that a larger share of the documents holds do not feed back."),
    filterTerms: z.boolean().default(true).describe("Only terms of the letters a to z and digits feed back."),
  }),
  create: (options) => ({
    identity: { kind: "rm3", version: VERSION, ...options },
    depth: options.documents,
    termsPerDocument: options.terms,
    admits: (term, share) =>
      share <= options.maxDocumentShare &&
      term.length >= LENGTHS.least &&
      term.length <= LENGTHS.most &&
      (!options.filterTerms || LETTERS_AND_DIGITS.test(term)),
    expand: (query, documents) => mix(query, relevanceModel(documents, options.terms), options.weight),
  }),
});

/** The heaviest terms, their weights scaled to a sum of 1. */
function relevanceModel(documents: readonly FeedbackDocument[], count: number): QueryTerm[] {
  const weights = new Map<string, number>();
  for (const { score, terms } of documents) {
    const length = terms.reduce((sum, { count }) => sum + count, 0);
    for (const { term, count } of terms) weights.set(term, (weights.get(term) ?? 0) + (count / length) * score);
  }
  const heaviest = Array.from(weights, ([term, boost]) => ({ term, boost }))
    .sort((a, b) => b.boost - a.boost || (a.term < b.term ? -1 : 1))
    .slice(0, count);
  const sum = sumOf(heaviest);
  return heaviest.map(({ term, boost }) => ({ term, boost: boost / sum }));
}

/** The terms of both with their weight in the mixture, the query's own first; terms without weight are left out. */
function mix(query: readonly QueryTerm[], model: readonly QueryTerm[], weight: number): readonly QueryTerm[] {
  if (model.length === 0) return query;
  const share = (1 - weight) * sumOf(query);
  const mixed = new Map(query.map(({ term, boost }) => [term, weight * boost]));
  for (const { term, boost } of model) mixed.set(term, (mixed.get(term) ?? 0) + share * boost);
  return Array.from(mixed, ([term, boost]) => ({ term, boost })).filter(({ boost }) => boost > 0);
}

function sumOf(terms: readonly QueryTerm[]): number {
  return terms.reduce((sum, { boost }) => sum + boost, 0);
}
