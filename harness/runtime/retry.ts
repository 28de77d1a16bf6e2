import { setTimeout } from "node:timers/promises";

/** How waiting is done, so that tests do not wait. */
export type Pause = {
  /** @throws the signal's reason as soon as it is aborted */
  sleep(milliseconds: number, signal: AbortSignal | undefined): Promise<void>;
  /** Uniform in [0, 1). */
  random(): number;
};

export const systemPause: Pause = {
  async sleep(milliseconds, signal) {
    try {
      await setTimeout(milliseconds, undefined, signal === undefined ? {} : { signal });
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    }
  },
  random: () => Math.random(),
};

export type RetryRules = {
  /** Tries in all, the first included. */
  readonly attempts: number;
  /** The wait after the first failure; it doubles with every further one, up to `longestMs`. */
  readonly firstMs: number;
  readonly longestMs: number;
  /** A server that asks for a longer wait than this is given up. */
  readonly patienceMs: number;
};

export const NETWORK_RETRIES: RetryRules = { attempts: 5, firstMs: 500, longestMs: 30_000, patienceMs: 300_000 };

/** Thrown by work that may succeed when it is done again. */
export class RetryLater extends Error {
  override readonly name = "RetryLater";
  /** What is thrown when no try is left. */
  readonly failure: Error;
  /** What the server asked for, such as by `Retry-After`. */
  readonly afterMs: number | undefined;

  constructor(failure: Error, afterMs?: number) {
    super(failure.message, { cause: failure });
    this.failure = failure;
    this.afterMs = afterMs;
  }
}

export type RetryOptions = {
  readonly rules: RetryRules;
  readonly pause: Pause;
  readonly signal?: AbortSignal | undefined;
};

/**
 * Does work until it succeeds, fails with anything but `RetryLater`, or has no try left; waits in between, longer each
 * time, by half to all of the doubling interval (so that many clients do not come back at once), at least as long as
 * the server asked.
 *
 * @throws what the work throws, the `failure` of the last `RetryLater`, or the signal's reason
 */
export async function withRetries<Result>(
  work: () => Promise<Result>,
  { rules, pause, signal }: RetryOptions,
): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    signal?.throwIfAborted();
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof RetryLater)) throw error;
      if (attempt >= rules.attempts || (error.afterMs ?? 0) > rules.patienceMs) throw error.failure;
      const interval = Math.min(rules.firstMs * 2 ** (attempt - 1), rules.longestMs);
      await pause.sleep(Math.max(interval * (0.5 + pause.random() / 2), error.afterMs ?? 0), signal);
    }
  }
}

/** Milliseconds that a `Retry-After` header asks for: seconds or a date (RFC 9110, 10.2.3). */
export function retryAfterMs(header: string | null, now = Date.now()): number | undefined {
  if (header === null || header.trim() === "") return undefined;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return Math.max(seconds, 0) * 1_000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(date - now, 0);
}
