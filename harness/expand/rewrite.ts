import { z } from "zod";
import { expansionOptions } from "./expansion-options.ts";
import { llmExpansion } from "./llm-expansion.ts";
import { weightOptions, weighVectors } from "./recipes.ts";
import { defineExpansion } from "./types.ts";

/** The rewrite is read as a query is. The prompt is our own; the paper asks for a web search query before a reader. */
export const rewrite = defineExpansion({
  kind: "rewrite",
  summary: "The query in other words, in the place of the query.",
  source: "Ma et al., Query Rewriting for Retrieval-Augmented Large Language Models, EMNLP 2023, arXiv:2305.14283",
  options: z.strictObject({
    ...expansionOptions({ samples: 1, temperature: 0.7, topP: 1, maxTokens: 128 }),
    ...weightOptions({ queryWeight: 0, queryRepeats: 0 }),
  }),
  create: ({ queryWeight, queryRepeats, ...options }, services) =>
    llmExpansion(
      { options, prompt: "rewrite-prompt.txt", recipe: weighVectors({ queryWeight, queryRepeats, role: "query" }) },
      services,
    ),
});
