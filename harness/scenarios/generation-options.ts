import { z } from "zod";
import { chatOptions } from "../llm/openai-options.ts";

/** How scenarios are generated: what is asked of which model, and when to stop. */
export const generationOptions = z.strictObject({
  client: chatOptions.describe("The model and its servers."),
  prompt: z
    .string()
    .min(1)
    .optional()
    .describe(
      "A text file with `{document}` and `{dataset}`, sent to the last byte; without it the prompt that is shipped.",
    ),
  datasetName: z
    .string()
    .min(1)
    .optional()
    .describe("What `{dataset}` stands for; the last part of the dataset's id unless told."),
  maxDocumentTokens: z
    .int()
    .min(1)
    .default(8_192)
    .describe("Longer documents are cut; counted by `tokenizer`, or estimated. 8192 as in SPIKE."),
  tokenizer: z
    .string()
    .min(1)
    .optional()
    .describe("The model's tokenizer.json, to count the tokens of documents; without it they are estimated."),
  charactersPerToken: z.number().positive().default(4).describe("The estimate: UTF-16 units for a token."),
  failureBudget: z
    .number()
    .min(0)
    .max(1)
    .default(0.2)
    .describe("Share of the documents that may fail before the work stops."),
  usdBudget: z.number().positive().optional().describe("USD for the whole set; needs `client.price`."),
  via: z.enum(["requests", "batches"]).default("requests").describe("One by one, or by OpenAI's Batch API."),
  pollSeconds: z.number().min(0).max(86_400).default(60).describe("Between two looks at a batch."),
  wait: z
    .boolean()
    .default(true)
    .describe("Wait for batches to end; otherwise hand in, collect what has ended, and stop."),
  tokensPerSecond: z
    .number()
    .positive()
    .optional()
    .describe("Completion tokens that the servers write together, for the estimate of time."),
});

export type GenerationOptions = z.output<typeof generationOptions>;
