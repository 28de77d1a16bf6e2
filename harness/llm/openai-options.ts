import { z } from "zod";
import { serverOptions } from "../remote/server-options.ts";

/** Sampling where a run file says nothing. */
type Sampling = { readonly temperature: number; readonly topP: number; readonly maxTokens: number };

/** Options of a model that is talked to; sampling parameters are sent as they are given, and not at all otherwise. */
export const chatOptions = z.strictObject(chatShape({ temperature: 0.7, topP: 1, maxTokens: 4_096 }));

export type ChatOptions = z.output<typeof chatOptions>;

/** The same as a zod shape, with other sampling by default. */
export function chatShape({ temperature, topP, maxTokens }: Sampling) {
  return {
    ...serverOptions,
    server: z
      .string()
      .min(1)
      .optional()
      .describe("What the servers are called in keys; the host of the first address unless told."),
    temperature: z.number().min(0).max(2).default(temperature).describe("Sent with every request."),
    topP: z.number().gt(0).max(1).default(topP).describe("Sent with every request."),
    seed: z.int().nonnegative().optional().describe("Sent when given; the number of the sample is added to it."),
    maxTokens: z.int().min(1).default(maxTokens).describe("Tokens of an answer, at most."),
    maxTokensName: z
      .enum(["max_tokens", "max_completion_tokens"])
      .default("max_tokens")
      .describe("What the server calls that limit; OpenAI's newer models know only the latter."),
    responseFormat: z
      .enum(["json-schema", "none"])
      .default("json-schema")
      .describe("Whether the server is told the form of the answer."),
    concurrency: z.int().min(1).max(1_024).default(16).describe("Requests under way at once, at most."),
    price: z
      .strictObject({
        promptUsdPerMillion: z.number().nonnegative().describe("USD for a million tokens of prompts."),
        completionUsdPerMillion: z.number().nonnegative().describe("USD for a million tokens of answers."),
      })
      .optional()
      .describe("What a million tokens cost, for budgets and totals."),
    timeoutSeconds: z.number().positive().max(86_400).default(300).describe("For a whole answer."),
    retries: z.int().min(0).max(20).default(5).describe("Further tries after 408, 409, 425, 429, 5xx and cuts."),
  };
}
