import { HarnessError } from "../errors.ts";
import { type ChatBody, type ChatEndpoint, openChatEndpoint } from "../remote/chat-endpoint.ts";
import { leastOutstanding } from "../remote/least-outstanding.ts";
import { EndpointFailure } from "../remote/openai-client.ts";
import { loadOnce } from "../runtime/load-once.ts";
import { NETWORK_RETRIES, systemPause, withRetries } from "../runtime/retry.ts";
import { readChatAnswer } from "./chat-answer.ts";
import type { ChatOptions } from "./openai-options.ts";
import type { ChatClient, ChatServices, Outcome, Prompt } from "./types.ts";

/** Part of the identity: raise it when anything in here changes what is asked. */
const VERSION = 1;
/** Seeds between two attempts of a prompt: more than anyone takes samples. */
const ATTEMPT_STEP = 10_000;
/** Of the statuses that no retry mended, those that a prompt may be the cause of. */
const PROMPT_STATUSES: readonly number[] = [400, 413, 422];
/** Those that pass, as 5xx does. */
const PASSING_STATUSES: readonly number[] = [408, 409, 425, 429];

/** A model behind servers with OpenAI's `/v1/chat/completions`, several at once. Nothing is asked before the first prompt. */
export function openChatClient(options: ChatOptions, services: ChatServices = {}): ChatClient {
  const { signal, pause = systemPause } = services;
  const { model, servedModel = model, price } = options;
  const connect = loadOnce(async () => leastOutstanding(await openEndpoints(options, services)));
  const rules = { ...NETWORK_RETRIES, attempts: options.retries + 1 };

  async function once(prompt: Prompt, attempt: number): Promise<Outcome> {
    const dispatch = await connect();
    return await dispatch(async (endpoint) => {
      const body = await endpoint.complete(chatBody({ prompt, attempt, options }));
      return readChatAnswer(body, { where: endpoint.baseUrl, model: servedModel });
    });
  }

  return {
    identity: identityOf(options),
    priced: price !== undefined,
    async complete(prompt, attempt = 0) {
      try {
        return await withRetries(() => once(prompt, attempt), { rules, pause, signal });
      } catch (error) {
        if (!(error instanceof EndpointFailure)) throw error;
        const passing = isPassing(error.status);
        // a key that is refused, or a model that is not there, is every prompt's trouble
        if (!passing && !isOfPrompt(error.status)) throw error;
        return { status: "failed", why: error.message, passing };
      }
    },
    costOf({ promptTokens, completionTokens }) {
      if (price === undefined || promptTokens === undefined || completionTokens === undefined) return undefined;
      return (promptTokens * price.promptUsdPerMillion + completionTokens * price.completionUsdPerMillion) / 1e6;
    },
  };
}

/** Whether a status without an answer says nothing of the prompt; undefined: no complete answer came. */
function isPassing(status: number | undefined): boolean {
  return status === undefined || status >= 500 || PASSING_STATUSES.includes(status);
}

/** Whether a prompt may be the cause of a status. */
export function isOfPrompt(status: number | undefined): boolean {
  return status !== undefined && PROMPT_STATUSES.includes(status);
}

/** Everything but who pays and how requests are paced. */
function identityOf(options: ChatOptions) {
  const { model, revision, servedModel = model, baseUrls, temperature, topP, seed, maxTokens } = options;
  return {
    kind: "openai-chat",
    version: VERSION,
    model,
    revision: revision ?? null,
    servedModel,
    server: options.server ?? new URL(baseUrls[0] ?? "").host,
    sampling: { temperature, topP, seed: seed ?? null, maxTokens },
    responseFormat: options.responseFormat,
  };
}

type Asked = { readonly prompt: Prompt; readonly attempt: number; readonly options: ChatOptions };

/** What is sent for a prompt, alone or as a line of a batch. */
export function chatBody({ prompt: { messages, schema, sample = 0 }, attempt, options }: Asked): ChatBody {
  const { model, temperature, topP, seed, maxTokens, maxTokensName, responseFormat } = options;
  const format =
    schema === undefined || responseFormat === "none"
      ? undefined
      : { type: "json_schema", json_schema: { name: schema.name, strict: true, schema: schema.schema } };
  return {
    model,
    messages,
    temperature,
    top_p: topP,
    seed: seed === undefined ? undefined : seed + sample + attempt * ATTEMPT_STEP,
    [maxTokensName]: maxTokens,
    response_format: format,
  };
}

/** The key that servers are shown. @throws {HarnessError} `USAGE` when its variable is not set */
export function secretOf({ apiKeyEnv }: ChatOptions, { secret }: ChatServices): string | undefined {
  const apiKey = apiKeyEnv === undefined ? undefined : secret?.(apiKeyEnv)?.trim();
  if (apiKeyEnv === undefined || apiKey) return apiKey;
  throw new HarnessError("USAGE", `expected the key of the chat server in the environment variable ${apiKeyEnv}.`, {
    hint: "Set it, or leave out `apiKeyEnv` for a server that wants no key.",
  });
}

async function openEndpoints(options: ChatOptions, services: ChatServices): Promise<readonly ChatEndpoint[]> {
  const { baseUrls, timeoutSeconds } = options;
  const { signal } = services;
  const apiKey = secretOf(options, services);
  const timeoutMs = timeoutSeconds * 1_000;
  return await Promise.all(baseUrls.map((baseUrl) => openChatEndpoint({ baseUrl, apiKey, timeoutMs, signal })));
}
