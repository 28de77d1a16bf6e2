import { z } from "zod";

/** Options of everything that a model is asked for many times over, as a zod shape: how, and when to stop. */
export const askingOptions = {
  failureBudget: z
    .number()
    .min(0)
    .max(1)
    .default(0.2)
    .describe("Share of the prompts that may fail before the work stops."),
  usdBudget: z.number().positive().optional().describe("USD for all prompts of a dataset; needs `client.price`."),
  via: z.enum(["requests", "batches"]).default("requests").describe("One by one, or by OpenAI's Batch API."),
  pollSeconds: z.number().min(0).max(86_400).default(60).describe("Between two looks at a batch."),
  wait: z
    .boolean()
    .default(true)
    .describe("Wait for batches to end; otherwise hand in, collect what has ended, and stop."),
  charactersPerToken: z.number().positive().default(4).describe("The estimate: UTF-16 units for a token."),
  tokensPerSecond: z
    .number()
    .positive()
    .optional()
    .describe("Completion tokens that the servers write together, for the estimate of time."),
};

export type AskingOptions = z.output<z.ZodObject<typeof askingOptions>>;
