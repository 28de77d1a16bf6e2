import { shown } from "./http-exchange.ts";

/** What an address answers at once, or why nothing came. */
export type Probe = { readonly status: number; readonly body: string } | { readonly failure: string };

export type ProbeOptions = {
  /** Sent to this address alone: redirects are not followed. */
  readonly token?: string | undefined;
  /** For tests; the global `fetch` otherwise. */
  readonly fetch?: typeof fetch | undefined;
  /** Milliseconds for the whole answer. */
  readonly limitMs?: number | undefined;
};

const LIMIT_MS = 5_000;
const MOST_BYTES = 2 ** 20;

/** Asks an address once, to see whether it answers. The body is cut after a mebibyte. */
export async function probeAddress(
  url: string,
  { token, fetch: fetchUrl = fetch, limitMs = LIMIT_MS }: ProbeOptions = {},
): Promise<Probe> {
  try {
    const response = await fetchUrl(url, {
      headers: { "user-agent": "spikebench", ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
      redirect: "manual",
      signal: AbortSignal.timeout(limitMs),
    });
    return { status: response.status, body: await beginningOf(response) };
  } catch (error) {
    return { failure: `${shown(url)} gives no answer (${reasonOf(error)})` };
  }
}

async function beginningOf({ body }: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  // leaving the loop ends the connection
  for await (const piece of body ?? []) {
    text += decoder.decode(piece, { stream: true });
    bytes += piece.length;
    if (bytes > MOST_BYTES) break;
  }
  return text;
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return "unknown";
  const { cause } = error;
  // a header that cannot be sent is quoted in the message, and it is a secret
  if (cause === undefined) return error.name;
  return cause instanceof Error && "code" in cause ? String(cause.code) : error.name;
}
