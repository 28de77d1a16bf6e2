import { z } from "zod";
import { findPreset } from "./model-presets.ts";
import { formOptions } from "./text-forms.ts";

// messages that end with a full stop are shown without the value: it may be a secret
const baseUrl = z.string().refine(isPlainUrl, {
  error: "expected http(s) addresses up to `/v1`, without user, password or query.",
});

/** Options of the `openai` encoder. */
export const openaiOptions = z
  .strictObject({
    model: z.string().min(1).describe("The model's name at the server."),
    revision: z
      .string()
      .min(1)
      .optional()
      .describe("What exactly is served (commit, quantisation): part of the cache key, never sent."),
    servedModel: z
      .string()
      .min(1)
      .optional()
      .describe("The name that answers carry, where it is not `model`; `*` takes any."),
    baseUrls: z
      .array(baseUrl)
      .min(1)
      .describe(
        "Servers of the same model, each up to `/v1`; work goes to the one with the fewest requests under way.",
      ),
    apiKeyEnv: z
      .string()
      .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, {
        error: "expected the name of an environment variable, such as OPENAI_API_KEY, not a key.",
      })
      .optional()
      .describe("The environment variable that holds the key; without it no key is sent."),
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

function isPlainUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, search, hash } = new URL(text);
  return /^https?:$/.test(protocol) && username + password + search + hash === "";
}

/** An unknown preset is another complaint. */
function hasDimensions(options: {
  readonly model: string;
  readonly preset?: string | undefined;
  readonly dimensions?: number | undefined;
}): boolean {
  return options.dimensions !== undefined || findPreset(options) !== undefined;
}
