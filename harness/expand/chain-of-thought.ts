import { z } from "zod";
import { expansionOptions } from "./expansion-options.ts";
import { llmExpansion } from "./llm-expansion.ts";
import { joinOptions, joinTexts } from "./recipes.ts";
import { defineExpansion } from "./types.ts";

/** The prompt and how query and thoughts stand before an encoder are our own. */
export const chainOfThought = defineExpansion({
  kind: "chain-of-thought",
  summary: "The steps of thinking that lead to an answer, put behind the query.",
  source: "Jagerman et al., Query Expansion by Prompting Large Language Models, 2023, arXiv:2305.03653 (CoT)",
  options: z.strictObject({
    ...expansionOptions({ samples: 1, temperature: 0.7, topP: 1, maxTokens: 512 }),
    ...joinOptions({ separator: "\n", queryRepeats: 5 }),
  }),
  create: ({ separator, queryRepeats, ...options }, services) =>
    llmExpansion(
      { options, prompt: "chain-of-thought-prompt.txt", recipe: joinTexts({ separator, queryRepeats }) },
      services,
    ),
});
