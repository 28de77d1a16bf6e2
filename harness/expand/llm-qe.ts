import { z } from "zod";
import { expansionOptions } from "./expansion-options.ts";
import { llmExpansion } from "./llm-expansion.ts";
import { weightOptions, weighVectors } from "./recipes.ts";
import { defineExpansion } from "./types.ts";

/**
 * `0.5 * query + 0.5 * passage`, each of unit norm as in ExpandR; LLM-QE's are not normalised. Neither normalises the sum,
 * which scales all scores of a query alike.
 *
 * Deviation: the prompt is our own.
 */
export const llmQe = defineExpansion({
  kind: "llm-qe",
  summary: "A passage that answers the query; the vector is half the query's, half the passage's.",
  source:
    "LLM-QE and ExpandR: their evaluation code (expansion prompt q2d, one sample, temperature 1, top_p 0.9, 512 tokens)",
  options: z.strictObject({
    ...expansionOptions({ samples: 1, temperature: 1, topP: 0.9, maxTokens: 512 }),
    ...weightOptions({ queryWeight: 0.5, queryRepeats: 5 }),
  }),
  create: ({ queryWeight, queryRepeats, ...options }, services) =>
    llmExpansion(
      { options, prompt: "llm-qe-prompt.txt", recipe: weighVectors({ queryWeight, queryRepeats, role: "document" }) },
      services,
    ),
});
