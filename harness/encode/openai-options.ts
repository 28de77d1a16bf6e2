import { z } from "zod";
import { serverOptions } from "../remote/server-options.ts";
import { findPreset } from "./model-presets.ts";
import { formOptions } from "./text-forms.ts";

/** Options of the `openai` encoder. */
export const openaiOptions = z
  .strictObject({
    ...serverOptions,
    dimensions: z
      .int()
      .min(1)
      .max(2 ** 16)
      .optional()
      .describe("Length of a vector; answers of another length are errors. Not needed where a preset says it."),
    sendDimensions: z.boolean().default(false).describe("Ask the server to shorten vectors to `dimensions`."),
    encodingFormat: z
      .enum(["base64", "float"])
      .default("base64")
      .describe("How vectors are asked for; either answer is read."),
    normalize: z.literal(true).default(true).describe("Vectors are brought to norm 1."),
    ...formOptions,
    batchSize: z.int().min(1).max(2048).default(64).describe("Texts in a request, at most."),
    maxBatchTokens: z.int().min(1).default(100_000).describe("Estimated tokens in a request, at most."),
    charactersPerToken: z
      .number()
      .positive()
      .default(4)
      .describe("UTF-16 units for a token: tokens are estimated, here and in `maxTokens`."),
    tooLong: z
      .enum(["truncate", "fail"])
      .default("fail")
      .describe("Texts over `maxTokens` or the server's limit: keep their beginning (counted), or report them."),
    usdPerMillionTokens: z
      .number()
      .nonnegative()
      .optional()
      .describe("What a million tokens cost, for `plan` and the cost of a run; by default what the price table says."),
    concurrency: z.int().min(1).max(256).default(4).describe("Requests under way at once, at most."),
    timeoutSeconds: z.number().positive().max(86_400).default(120).describe("For a whole answer."),
    retries: z.int().min(0).max(20).default(5).describe("Further tries after 408, 409, 425, 429, 5xx and cuts."),
  })
  .refine(hasDimensions, {
    error: "expected the length of a vector, which no preset says of this model.",
    path: ["dimensions"],
  });

export type OpenaiOptions = z.output<typeof openaiOptions>;

/** The same once a preset has said what the user need not. */
export type ServedOptions = OpenaiOptions & { readonly dimensions: number };

/** An unknown preset is another complaint. */
function hasDimensions(options: {
  readonly model: string;
  readonly preset?: string | undefined;
  readonly dimensions?: number | undefined;
}): boolean {
  return options.dimensions !== undefined || findPreset(options) !== undefined;
}
