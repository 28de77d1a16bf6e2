import { z } from "zod";

// messages that end with a full stop are shown without the value: it may be a secret
const baseUrl = z.string().refine(isPlainUrl, {
  error: "expected http(s) addresses up to `/v1`, without user, password or query.",
});

const template = z
  .string()
  .refine((text) => text.split("{text}").length === 2, { error: "expected a template with `{text}` once." })
  .default("{text}");

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
      .describe("Length of a vector; answers of another length are errors."),
    sendDimensions: z.boolean().default(false).describe("Ask the server to shorten vectors to `dimensions`."),
    encodingFormat: z
      .enum(["base64", "float"])
      .default("base64")
      .describe("How vectors are asked for; either answer is read."),
    normalize: z.literal(true).default(true).describe("Vectors are brought to norm 1."),
    instructions: z
      .strictObject({ query: template, document: template, scenario: template })
      .prefault({})
      .describe("What is sent for a text, by role: a template with `{text}`."),
    batchSize: z.int().min(1).max(2048).default(64).describe("Texts in a request, at most."),
    maxBatchTokens: z.int().min(1).default(100_000).describe("Estimated tokens in a request, at most."),
    maxTokens: z.int().min(1).optional().describe("Estimated tokens of a text with its instruction, at most."),
    charactersPerToken: z.number().positive().default(4).describe("The estimate: UTF-16 units for a token."),
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
  .refine(leavesRoom, { error: "expected instructions shorter than `maxTokens`.", path: ["instructions"] });

export type OpenaiOptions = z.output<typeof openaiOptions>;

function isPlainUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, search, hash } = new URL(text);
  return /^https?:$/.test(protocol) && username + password + search + hash === "";
}

function leavesRoom(options: {
  readonly maxTokens?: number | undefined;
  readonly charactersPerToken: number;
  readonly instructions: Readonly<Record<string, string>>;
}): boolean {
  const { maxTokens = Number.POSITIVE_INFINITY, charactersPerToken, instructions } = options;
  const room = Math.floor(maxTokens * charactersPerToken);
  return Object.values(instructions).every((text) => text.length - "{text}".length < room);
}
