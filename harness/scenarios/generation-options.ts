import { z } from "zod";
import { askingOptions } from "../llm/asking-options.ts";
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
  ...askingOptions,
});

export type GenerationOptions = z.output<typeof generationOptions>;
