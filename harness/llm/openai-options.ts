import { z } from "zod";

// messages that end with a full stop are shown without the value: it may be a secret
const baseUrl = z.string().refine(isPlainUrl, {
  error: "expected http(s) addresses up to `/v1`, without user, password or query.",
});

/** Options of a model that is talked to; sampling parameters are sent as they are given, and not at all otherwise. */
export const chatOptions = z.strictObject({
  model: z.string().min(1).describe("The model's name at the server."),
  revision: z.string().min(1).optional().describe("What exactly is served: part of the key, never sent."),
  servedModel: z
    .string()
    .min(1)
    .optional()
    .describe("The name that answers carry, where it is not `model`; `*` takes any."),
  baseUrls: z
    .array(baseUrl)
    .min(1)
    .describe("Servers of the same model, each up to `/v1`; work goes to the least busy."),
  server: z
    .string()
    .min(1)
    .optional()
    .describe("What the servers are called in keys; the host of the first address unless told."),
  apiKeyEnv: z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, {
      error: "expected the name of an environment variable, such as OPENAI_API_KEY, not a key.",
    })
    .optional()
    .describe("The environment variable that holds the key; without it no key is sent."),
  temperature: z.number().min(0).max(2).default(0.7).describe("Sent with every request."),
  topP: z.number().gt(0).max(1).default(1).describe("Sent with every request."),
  seed: z.int().nonnegative().optional().describe("Sent when given; the number of the sample is added to it."),
  maxTokens: z.int().min(1).default(4_096).describe("Tokens of an answer, at most."),
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
    .strictObject({ promptUsdPerMillion: z.number().nonnegative(), completionUsdPerMillion: z.number().nonnegative() })
    .optional()
    .describe("What a million tokens cost, for budgets and totals."),
  timeoutSeconds: z.number().positive().max(86_400).default(300).describe("For a whole answer."),
  retries: z.int().min(0).max(20).default(5).describe("Further tries after 408, 409, 425, 429, 5xx and cuts."),
});

export type ChatOptions = z.output<typeof chatOptions>;

function isPlainUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, search, hash } = new URL(text);
  return /^https?:$/.test(protocol) && username + password + search + hash === "";
}
