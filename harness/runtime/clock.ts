import { setImmediate } from "node:timers/promises";

/** Milliseconds. */
export type Clock = () => number;

/** Never goes back; the origin means nothing. */
export const monotonicClock: Clock = () => performance.now();

/** Milliseconds since 1970, as the system has it: to be compared with times of files. */
export const systemTime: Clock = () => Date.now();
/** The time of day as ISO 8601 in UTC, to the millisecond: for records, never for measuring. */
export function utcNow(): string {
  return new Date().toISOString();
}

/** Lets signals, timers and other tasks run; long computations call it now and then. */
export async function breathe(): Promise<void> {
  await setImmediate();
}
