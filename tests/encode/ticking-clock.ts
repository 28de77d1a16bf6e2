import type { Clock } from "../../harness/runtime/clock.ts";

/** A clock on which `milliseconds` pass between any two looks at it. */
export function tickingClock(milliseconds: number): Clock {
  let now = 0;
  return () => {
    now += milliseconds;
    return now;
  };
}
