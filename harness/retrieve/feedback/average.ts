import { z } from "zod";
import { depthOption } from "./depth-option.ts";
import { defineVectorFeedback } from "./types.ts";

/** Part of the identity: raise it when the same options give another vector. */
const VERSION = 1;

/** The mean of the query's vector and those of the best documents, each with the same weight. */
export const average = defineVectorFeedback({
  kind: "average",
  summary: "For vectors: the mean of the query's vector and those of the best documents.",
  source: "Li et al., Pseudo Relevance Feedback [...] and Dense Retrievers, arXiv:2108.11044; Pyserini's average PRF",
  options: z.strictObject({ depth: depthOption(3) }),
  create: (options) => ({
    identity: { kind: "average", version: VERSION, ...options },
    depth: options.depth,
    weights: (found) => ({ query: 1, documents: found }),
  }),
});
