import { z } from "zod";
import { depthOption } from "./depth-option.ts";
import { defineVectorFeedback } from "./types.ts";

/** Part of the identity: raise it when the same options give another vector. */
const VERSION = 1;

/** alpha * query + beta * mean of the best documents. Those at the end of the ranking take nothing away: gamma is 0. */
export const rocchio = defineVectorFeedback({
  kind: "rocchio",
  summary: "For vectors: alpha times the query's vector and beta times the mean of those of the best documents.",
  source: "Li et al., Pseudo Relevance Feedback [...] and Dense Retrievers, arXiv:2108.11044; Pyserini's Rocchio PRF",
  options: z
    .strictObject({
      depth: depthOption(3),
      alpha: z.number().nonnegative().default(0.9).describe("Weight of the query's vector."),
      beta: z.number().nonnegative().default(0.1).describe("Weight of the mean of the documents' vectors."),
    })
    .refine(({ alpha, beta }) => alpha + beta > 0, { message: "expected `alpha` or `beta` above 0" }),
  create: (options) => ({
    identity: { kind: "rocchio", version: VERSION, ...options },
    depth: options.depth,
    weights: () => ({ query: options.alpha, documents: options.beta }),
  }),
});
