import { z } from "zod";
import { expansionOptions } from "./expansion-options.ts";
import { llmExpansion } from "./llm-expansion.ts";
import { weightOptions, weighVectors } from "./recipes.ts";
import { defineExpansion } from "./types.ts";

/**
 * Mean over the query and its passages, as the released code has it (generator.py: 8 samples, temperature 0.7, 512 tokens).
 *
 * Deviations: one prompt for all datasets instead of one a task, no stop sequence of three line ends, and the words for BM25,
 * of which the paper says nothing.
 */
export const hyde = defineExpansion({
  kind: "hyde",
  summary: "Passages that would answer the query; the vector is the mean of theirs and the query's.",
  source:
    "Gao et al., Precise Zero-Shot Dense Retrieval without Relevance Labels, ACL 2023, arXiv:2212.10496; https://github.com/texttron/hyde",
  options: z.strictObject({
    ...expansionOptions({ samples: 8, temperature: 0.7, topP: 1, maxTokens: 512 }),
    ...weightOptions({ queryWeight: "equal", queryRepeats: 5 }),
  }),
  create: ({ queryWeight, queryRepeats, ...options }, services) =>
    llmExpansion(
      { options, prompt: "hyde-prompt.txt", recipe: weighVectors({ queryWeight, queryRepeats, role: "document" }) },
      services,
    ),
});
