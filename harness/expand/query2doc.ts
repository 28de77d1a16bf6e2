import { z } from "zod";
import { expansionOptions } from "./expansion-options.ts";
import { llmExpansion } from "./llm-expansion.ts";
import { joinOptions, joinTexts } from "./recipes.ts";
import { defineExpansion } from "./types.ts";

/** Deviation: the paper shows the model four examples first; the prompt that is shipped has none. */
export const query2doc = defineExpansion({
  kind: "query2doc",
  summary: "A short passage that answers the query, put behind it: five queries and the passage for BM25.",
  source: "Wang et al., Query2doc: Query Expansion with Large Language Models, EMNLP 2023, arXiv:2303.07678",
  options: z.strictObject({
    ...expansionOptions({ samples: 1, temperature: 1, topP: 1, maxTokens: 128 }),
    ...joinOptions({ separator: " [SEP] ", queryRepeats: 5 }),
  }),
  create: ({ separator, queryRepeats, ...options }, services) =>
    llmExpansion({ options, prompt: "query2doc-prompt.txt", recipe: joinTexts({ separator, queryRepeats }) }, services),
});
