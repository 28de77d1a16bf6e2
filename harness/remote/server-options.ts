import { z } from "zod";

// messages that end with a full stop are shown without the value: it may be a secret
const baseUrl = z.string().refine(isPlainUrl, {
  error: "expected http(s) addresses up to `/v1`, without user, password or query.",
});

/** Options that encoders and language models behind OpenAI-compatible servers have in common, as a zod shape. */
export const serverOptions = {
  model: z.string().min(1).describe("The model's name at the server."),
  revision: z
    .string()
    .min(1)
    .optional()
    .describe("What exactly is served (commit, quantisation): part of the key, never sent."),
  servedModel: z
    .string()
    .min(1)
    .optional()
    .describe("The name that answers carry, where it is not `model`; `*` takes any."),
  baseUrls: z
    .array(baseUrl)
    .min(1)
    .describe("Servers of the same model, each up to `/v1`; work goes to the one with the fewest requests under way."),
  apiKeyEnv: z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, {
      error: "expected the name of an environment variable, such as OPENAI_API_KEY, not a key.",
    })
    .optional()
    .describe("The environment variable that holds the key; without it no key is sent."),
};

function isPlainUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, search, hash } = new URL(text);
  return /^https?:$/.test(protocol) && username + password + search + hash === "";
}
