import { z } from "zod";
import { expansionOptions } from "./expansion-options.ts";
import { llmExpansion } from "./llm-expansion.ts";
import { joinOptions, joinTexts } from "./recipes.ts";
import { defineExpansion } from "./types.ts";

/** The prompt and how query and keywords stand before an encoder are our own. */
export const keywords = defineExpansion({
  kind: "keywords",
  summary: "Words and phrases that relevant texts are likely to hold, put behind the query.",
  source: "Jagerman et al., Query Expansion by Prompting Large Language Models, 2023, arXiv:2305.03653 (Q2E)",
  options: z.strictObject({
    ...expansionOptions({ samples: 1, temperature: 0.7, topP: 1, maxTokens: 128 }),
    ...joinOptions({ separator: " ", queryRepeats: 5 }),
  }),
  create: ({ separator, queryRepeats, ...options }, services) =>
    llmExpansion({ options, prompt: "keywords-prompt.txt", recipe: joinTexts({ separator, queryRepeats }) }, services),
});
