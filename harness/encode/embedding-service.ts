import { HarnessError } from "../errors.ts";
import { openEmbeddingEndpoint } from "../remote/embedding-endpoint.ts";
import { leastOutstanding } from "../remote/least-outstanding.ts";
import { NETWORK_RETRIES, systemPause, withRetries } from "../runtime/retry.ts";
import { readEmbeddingAnswer } from "./embedding-answer.ts";
import type { ServedOptions } from "./openai-options.ts";
import type { EncoderServices } from "./types.ts";

/** Tries of a part of a failed batch: it will be halved anyway. */
const BRIEF_ATTEMPTS = 2;

/** Requests to all servers of a model, with retries; counts what they took. */
export type EmbeddingService = {
  /**
   * @returns unit vectors in the order of the input, undefined where the server gave no direction
   * @throws as `EmbeddingEndpoint.embed` and `readEmbeddingAnswer` once no try is left
   */
  embed(input: readonly string[], brief: boolean): Promise<readonly (Float32Array | undefined)[]>;
  readonly counts: {
    readonly requests: number;
    readonly texts: number;
    readonly tokens: number;
    readonly unmetered: number;
  };
};

/** @throws {HarnessError} `USAGE` when the variable of the key is not set */
export async function openEmbeddingService(
  options: ServedOptions,
  { secret, pause = systemPause, signal }: EncoderServices,
): Promise<EmbeddingService> {
  const { model, servedModel = model, dimensions, sendDimensions, encodingFormat, timeoutSeconds } = options;
  const apiKey = options.apiKeyEnv === undefined ? undefined : keyOf(options.apiKeyEnv, secret);
  const timeoutMs = timeoutSeconds * 1_000;
  const endpoints = await Promise.all(
    options.baseUrls.map((baseUrl) => openEmbeddingEndpoint({ baseUrl, apiKey, timeoutMs, signal })),
  );
  const dispatch = leastOutstanding(endpoints);
  const counts = { requests: 0, texts: 0, tokens: 0, unmetered: 0 };

  async function once(input: readonly string[]) {
    counts.requests += 1;
    return await dispatch(async (endpoint) => {
      const asked = { model, input, encodingFormat, dimensions: sendDimensions ? dimensions : undefined };
      const body = await endpoint.embed(asked);
      const expected = { where: endpoint.baseUrl, count: input.length, dim: dimensions, model: servedModel };
      const { vectors, tokens } = readEmbeddingAnswer(body, expected);
      counts.texts += input.length;
      counts.tokens += tokens ?? 0;
      counts.unmetered += tokens === undefined ? 1 : 0;
      return vectors;
    });
  }

  return {
    counts,
    embed(input, brief) {
      const attempts = options.retries + 1;
      const rules = { ...NETWORK_RETRIES, attempts: brief ? Math.min(attempts, BRIEF_ATTEMPTS) : attempts };
      return withRetries(() => once(input), { rules, pause, signal });
    },
  };
}

function keyOf(name: string, secret: EncoderServices["secret"]): string {
  // pasted keys often carry a line break, which no HTTP header may hold
  const key = secret?.(name)?.trim();
  if (key) return key;
  throw new HarnessError("USAGE", `expected the key of the embedding server in the environment variable ${name}.`, {
    hint: "Set it, or leave out `apiKeyEnv` for a server that wants no key.",
  });
}
