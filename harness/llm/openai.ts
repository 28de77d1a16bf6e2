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
/** Of the statuses that no retry mended, those that a prompt may be the cause of. */
const PROMPT_STATUSES: readonly number[] = [400, 413, 422];

/** A model behind servers with OpenAI's `/v1/chat/completions`, several at once. Nothing is asked before the first prompt. */
export function openChatClient(options: ChatOptions, services: ChatServices = {}): ChatClient {
  const { signal, pause = systemPause } = services;
  const { model, servedModel = model, price } = options;
  const connect = loadOnce(async () => leastOutstanding(await openEndpoints(options, services)));
  const rules = { ...NETWORK_RETRIES, attempts: options.retries + 1 };

  async function once(prompt: Prompt): Promise<Outcome> {
    const dispatch = await connect();
    return await dispatch(async (endpoint) => {
      const body = await endpoint.complete(bodyOf(prompt, options));
      return readChatAnswer(body, { where: endpoint.baseUrl, model: servedModel });
    });
  }

  return {
    identity: identityOf(options),
    async complete(prompt) {
      try {
        return await withRetries(() => once(prompt), { rules, pause, signal });
      } catch (error) {
        if (!(error instanceof EndpointFailure) || !isAboutOnePrompt(error)) throw error;
        return { status: "failed", why: error.message, passing: error.status === undefined || error.status >= 500 };
      }
    },
    costOf(outcome) {
      if (outcome.status === "failed") return 0;
      const { promptTokens, completionTokens } = outcome;
      if (price === undefined || promptTokens === undefined || completionTokens === undefined) return undefined;
      return (promptTokens * price.promptUsdPerMillion + completionTokens * price.completionUsdPerMillion) / 1e6;
    },
  };
}

/** A key that is refused, or a model that is not there, is every prompt's trouble. */
function isAboutOnePrompt({ status }: EndpointFailure): boolean {
  return status === undefined || status >= 500 || PROMPT_STATUSES.includes(status);
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

function bodyOf({ messages, schema, sample = 0 }: Prompt, options: ChatOptions): ChatBody {
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
    seed: seed === undefined ? undefined : seed + sample,
    [maxTokensName]: maxTokens,
    response_format: format,
  };
}

/** @throws {HarnessError} `USAGE` when the variable of the key is not set */
async function openEndpoints(options: ChatOptions, { secret, signal }: ChatServices): Promise<readonly ChatEndpoint[]> {
  const { apiKeyEnv, baseUrls, timeoutSeconds } = options;
  const apiKey = apiKeyEnv === undefined ? undefined : secret?.(apiKeyEnv)?.trim();
  if (apiKeyEnv !== undefined && !apiKey) {
    throw new HarnessError("USAGE", `expected the key of the chat server in the environment variable ${apiKeyEnv}.`, {
      hint: "Set it, or leave out `apiKeyEnv` for a server that wants no key.",
    });
  }
  const timeoutMs = timeoutSeconds * 1_000;
  return await Promise.all(baseUrls.map((baseUrl) => openChatEndpoint({ baseUrl, apiKey, timeoutMs, signal })));
}
