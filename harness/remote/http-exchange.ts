import { HarnessError } from "../errors.ts";
import { NETWORK_RETRIES, type Pause, RetryLater, retryAfterMs, systemPause, withRetries } from "../runtime/retry.ts";

/** What requests need of the outside. */
export type Network = {
  readonly fetch?: typeof fetch | undefined;
  readonly pause?: Pause | undefined;
  /** Milliseconds of silence after which a connection counts as cut. */
  readonly stallMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
};

export type Exchange<Result> = {
  readonly url: string;
  /** Asked for every try: a resumed download asks for less each time. */
  readonly headers?: () => Promise<Readonly<Record<string, string>>>;
  /** A secret and the one origin that may see it. */
  readonly credentials?: { readonly origin: string; readonly token: string } | undefined;
  /** Statuses besides 2xx that `use` understands. */
  readonly accepted?: readonly number[];
  /** The error for any other status. */
  refuse(response: Response): HarnessError;
  /** Reads the answer. `alive` is called with every piece, or the connection counts as cut. */
  use(response: Response, alive: () => void): Promise<Result>;
};

const MOST_REDIRECTS = 5;
const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];
const WORTH_ANOTHER_TRY: readonly number[] = [408, 425, 429, 500, 502, 503, 504];
const STALL_MS = 60_000;

/**
 * One GET with its answer read, tried again on silence, cut connections, 429 and 5xx. Redirects are followed by hand:
 * at most five, never from https to http, and the token stays with the origin it is for.
 *
 * @throws {HarnessError} `REMOTE_UNREACHABLE`; what `refuse` makes of a status; what `use` throws
 */
export async function exchange<Result>(request: Exchange<Result>, network: Network): Promise<Result> {
  return await withRetries(() => attempt(request, network), {
    rules: NETWORK_RETRIES,
    pause: network.pause ?? systemPause,
    signal: network.signal,
  });
}

async function attempt<Result>(request: Exchange<Result>, network: Network): Promise<Result> {
  const watch = watchSilence(network);
  try {
    const response = await send(request, network.fetch ?? fetch, watch.signal);
    watch.alive();
    if (response.ok || request.accepted?.includes(response.status)) return await request.use(response, watch.alive);
    await response.body?.cancel();
    const refusal = request.refuse(response);
    if (!WORTH_ANOTHER_TRY.includes(response.status)) throw refusal;
    throw new RetryLater(refusal, retryAfterMs(response.headers.get("retry-after")));
  } catch (error) {
    network.signal?.throwIfAborted();
    if (watch.signal.aborted || isConnectionFailure(error)) throw new RetryLater(unreachable(request.url, error));
    throw error;
  } finally {
    watch.stop();
  }
}

async function send<Result>(
  { url, headers, credentials }: Exchange<Result>,
  fetchUrl: typeof fetch,
  signal: AbortSignal,
): Promise<Response> {
  const own = (await headers?.()) ?? {};
  let target = parseUrl(url, url);
  for (let hop = 0; hop <= MOST_REDIRECTS; hop += 1) {
    const authorization =
      credentials !== undefined && target.origin === credentials.origin
        ? { authorization: `Bearer ${headerToken(credentials.token)}` }
        : {};
    const response = await fetchUrl(target, {
      headers: { "user-agent": "spikebench", ...own, ...authorization },
      redirect: "manual",
      signal,
    });
    if (!REDIRECTS.includes(response.status)) return response;
    await response.body?.cancel();
    target = redirectTarget(target, response.headers.get("location"), url);
  }
  throw new HarnessError("REMOTE_REFUSED", `redirected more than ${MOST_REDIRECTS} times.`, { where: shown(url) });
}

function redirectTarget(from: URL, location: string | null, asked: string): URL {
  const target = parseUrl(location ?? "", asked, from);
  if (from.protocol === "https:" && target.protocol === "http:") {
    throw new HarnessError("REMOTE_REFUSED", "redirected from https to http, which is not followed.", {
      where: shown(asked),
    });
  }
  return target;
}

/** A header holds visible ASCII only; the message never shows the token. */
function headerToken(token: string): string {
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  throw new HarnessError("REMOTE_REFUSED", "the hub token holds characters that no token has.", {
    where: "HF_TOKEN",
    hint: "Copy it again from the hub's settings.",
  });
}

function parseUrl(text: string, asked: string, base?: URL): URL {
  const url = URL.canParse(text, base?.href) ? new URL(text, base) : undefined;
  const named = url?.username !== "" || url.password !== "";
  if (text !== "" && !named && (url.protocol === "https:" || url.protocol === "http:")) return url;
  throw new HarnessError(
    "REMOTE_REFUSED",
    `expected an http or https address without a user name${base ? " in the redirect" : ""}.`,
    {
      where: shown(asked),
      hint: base ? undefined : "Check HF_ENDPOINT and the card's `source`.",
    },
  );
}

/** Aborts when the network's signal does, and after silence. */
function watchSilence({ signal, stallMs = STALL_MS }: Network) {
  const silence = new AbortController();
  const timer = setTimeout(() => silence.abort(new Error(`no answer for ${stallMs / 1_000} s`)), stallMs);
  return {
    signal: signal === undefined ? silence.signal : AbortSignal.any([signal, silence.signal]),
    alive: () => void timer.refresh(),
    stop: () => clearTimeout(timer),
  };
}

/** What fetch throws for connections; a mistake in our own code has no cause. */
function isConnectionFailure(error: unknown): boolean {
  return error instanceof TypeError && error.cause !== undefined;
}

function unreachable(url: string, error: unknown): HarnessError {
  return new HarnessError("REMOTE_UNREACHABLE", `no complete answer: ${innermost(error)}.`, {
    where: shown(url),
    hint: "Check the network and HF_ENDPOINT; the same command goes on where this one stopped.",
    cause: error,
  });
}

function innermost(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? innermost(error.cause) : error.message || error.name;
}

/** Without the query: signed addresses are secrets. */
export function shown(url: string): string {
  return url.replace(/\?.*$/, "");
}
