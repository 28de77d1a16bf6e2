import type { OpenAI } from "openai";
import { HarnessError, type HarnessErrorDetails } from "../errors.ts";
import { RetryLater, retryAfterMs } from "../runtime/retry.ts";

/** A request that brought no answer, or one that says no. */
export class EndpointFailure extends HarnessError {
  /** Undefined when no complete answer came. */
  readonly status: number | undefined;

  constructor(message: string, { status, ...details }: HarnessErrorDetails & { readonly status: number | undefined }) {
    super(status === undefined || status >= 500 ? "REMOTE_UNREACHABLE" : "REMOTE_REFUSED", message, details);
    this.status = status;
  }
}

/** One server, as the openai package speaks to it. */
export type OpenaiConnection = {
  readonly baseUrl: string;
  /**
   * One request, one try.
   *
   * @returns the body of the answer as it came: what the package makes of it is not always right
   * @throws {RetryLater} on silence, cut connections, 408, 409, 425, 429 and 5xx
   * @throws {EndpointFailure} for other statuses
   */
  send(request: (client: OpenAI, options: { readonly signal: AbortSignal }) => Promise<Response>): Promise<string>;
};

export type EndpointOptions = {
  /** Up to and including `/v1`. */
  readonly baseUrl: string;
  readonly apiKey: string | undefined;
  /** For the whole answer. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
};

const WORTH_ANOTHER_TRY: readonly number[] = [408, 409, 425, 429];
const SHOWN_CHARACTERS = 300;

/**
 * An OpenAI-compatible server through the openai package, which is loaded here alone. What the package would take from the
 * environment (keys, organisation, extra headers) is kept out: the key that is given goes to `baseUrl`, redirects are not
 * followed, and no message carries it.
 */
export async function connectOpenai(options: EndpointOptions): Promise<OpenaiConnection> {
  const { baseUrl, apiKey, timeoutMs, signal } = options;
  const { OpenAI: Client, APIError } = await import("openai");
  const headers = {
    accept: "application/json",
    "user-agent": "spikebench",
    ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }),
  };
  const client = new Client({
    baseURL: baseUrl,
    apiKey: apiKey ?? "none",
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
    logLevel: "off",
    maxRetries: 0,
    timeout: timeoutMs,
    fetch: (url, init) => {
      // a form names its own type, with the boundary that it was given
      const type = typeof init?.body === "string" ? { "content-type": "application/json" } : {};
      return fetch(url, { ...init, headers: { ...headers, ...type }, redirect: "manual" });
    },
  });
  const begin = stoppableRequests(signal, timeoutMs);
  return {
    baseUrl,
    async send(request) {
      const own = begin();
      try {
        // the package's own timeout ends with the headers; a body can stall too
        const response = await request(client, { signal: own.signal });
        return await response.text();
      } catch (error) {
        signal?.throwIfAborted();
        if (error instanceof APIError && error.status !== undefined) throw refusal(error, options);
        const why = own.signal.aborted ? `none within ${timeoutMs / 1_000} s` : innermost(error);
        const cut = new EndpointFailure(`no complete answer: ${without(apiKey, why)}.`, {
          status: undefined,
          where: baseUrl,
          hint: "Check `baseUrls` and that the server runs; the same command goes on where this one stopped.",
        });
        throw new RetryLater(cut);
      } finally {
        own.end();
      }
    },
  };
}

/**
 * Gives every request a signal of its own, aborted by the common one or when its time is over. `AbortSignal.timeout` and
 * `AbortSignal.any` would be kept until the last timer has run out, minutes after the answer.
 */
function stoppableRequests(signal: AbortSignal | undefined, timeoutMs: number) {
  const underWay = new Set<AbortController>();
  signal?.addEventListener("abort", () => {
    for (const controller of underWay) controller.abort(signal.reason);
  });
  return () => {
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(), timeoutMs);
    underWay.add(controller);
    if (signal?.aborted === true) controller.abort(signal.reason);
    return {
      signal: controller.signal,
      end() {
        clearTimeout(timer);
        underWay.delete(controller);
      },
    };
  };
}

type Refusal = { readonly status: number; readonly headers: Headers | undefined; readonly message: string };

/** The package's error is not kept as the cause: what servers write may repeat the key. */
function refusal({ status, headers, message }: Refusal, { baseUrl, apiKey }: EndpointOptions): Error {
  const denied = status === 401 || status === 403;
  const said = denied ? `${status}` : without(apiKey, message).slice(0, SHOWN_CHARACTERS);
  const failure = new EndpointFailure(`the server answers ${said}.`, {
    status,
    where: baseUrl,
    hint: denied ? "Name the variable that holds the key in `apiKeyEnv`, and check the key." : undefined,
  });
  const again = status >= 500 || WORTH_ANOTHER_TRY.includes(status);
  return again ? new RetryLater(failure, retryAfterMs(headers?.get("retry-after") ?? null)) : failure;
}

function without(secret: string | undefined, text: string): string {
  return secret === undefined ? text : text.replaceAll(secret, "[key]");
}

function innermost(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? innermost(error.cause) : error.message || error.name;
}
