import { describe, expect, it } from "vitest";
import { NETWORK_RETRIES, RetryLater, retryAfterMs, withRetries } from "../../harness/runtime/retry.ts";

/** Fails as often as told and says how long it was waited for. */
async function waits(failures: number, { random = 1, afterMs }: { random?: number; afterMs?: number } = {}) {
  const slept: number[] = [];
  let calls = 0;
  const work = () => {
    calls += 1;
    return calls <= failures ? Promise.reject(new RetryLater(new Error("down"), afterMs)) : Promise.resolve("up");
  };
  const pause = { sleep: (ms: number) => Promise.resolve(void slept.push(ms)), random: () => random };
  const result = await withRetries(work, { rules: NETWORK_RETRIES, pause }).catch((error: Error) => error.message);
  return { slept, result, calls };
}

describe("withRetries", () => {
  it("waits twice as long every time, by half to all of it", async () => {
    expect(await waits(3)).toEqual({ slept: [500, 1_000, 2_000], result: "up", calls: 4 });
    expect((await waits(2, { random: 0 })).slept).toEqual([250, 500]);
  });

  it("waits as long as the server asks, and gives up when that is too long", async () => {
    expect((await waits(1, { afterMs: 7_000 })).slept).toEqual([7_000]);
    expect(await waits(1, { afterMs: 3_600_000 })).toEqual({ slept: [], result: "down", calls: 1 });
  });

  it("gives up after the last try with what went wrong", async () => {
    expect(await waits(9)).toMatchObject({ result: "down", calls: NETWORK_RETRIES.attempts });
  });

  it("does not repeat other failures, nor anything once it was stopped", async () => {
    const pause = { sleep: () => Promise.reject(new Error("never")), random: () => 0 };
    const rules = NETWORK_RETRIES;
    await expect(withRetries(() => Promise.reject(new Error("bug")), { rules, pause })).rejects.toThrow("bug");
    const signal = AbortSignal.abort(new Error("stopped"));
    await expect(withRetries(() => Promise.resolve(1), { rules, pause, signal })).rejects.toThrow("stopped");
  });
});

it.each([
  ["2", 2_000],
  ["Thu, 01 Jan 1970 00:00:05 GMT", 4_000],
  ["Thu, 01 Jan 1970 00:00:00 GMT", 0],
  ["soon", undefined],
  [null, undefined],
])("Retry-After: %s is %s ms, a second after the epoch", (header, ms) => expect(retryAfterMs(header, 1_000)).toBe(ms));
