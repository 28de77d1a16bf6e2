import { setImmediate } from "node:timers/promises";

/** Milliseconds on a clock that never goes back; the origin means nothing. */
export type Clock = () => number;

export const monotonicClock: Clock = () => performance.now();

/** The time of day as ISO 8601 in UTC, to the millisecond: for records, never for measuring. */
export function utcNow(): string {
  return new Date().toISOString();
}

/** Lets signals, timers and other tasks run; long computations call it now and then. */
export async function breathe(): Promise<void> {
  await setImmediate();
}
