import { describe, expect, it } from "vitest";
import { createProgress, formatSeconds, silentProgress } from "../../harness/runtime/progress.ts";

/** Progress on a clock that the test moves, and what it wrote. */
function recorded(interactive: boolean) {
  const time = { now: 0 };
  const written: string[] = [];
  const progress = createProgress({ write: (text) => written.push(text), interactive, clock: () => time.now });
  return { progress, written, time };
}

describe("progress", () => {
  it("says nothing of work shorter than a second", () => {
    const { progress, written, time } = recorded(false);
    const task = progress.start("scoring", 10, "queries");
    time.now = 900;
    task.update(9);
    task.end();
    expect(written).toEqual([]);
  });

  it("gives rate and remaining time, and the total at the end", () => {
    const { progress, written, time } = recorded(false);
    const task = progress.start("scoring", 100, "queries");
    time.now = 2_000;
    task.update(20);
    time.now = 3_000;
    task.update(30);
    time.now = 10_000;
    task.update(100);
    task.end();
    expect(written).toEqual(["scoring: 20/100 queries (10/s, 8.0 s left)\n", "scoring: 100 queries in 10.0 s\n"]);
  });

  it("rewrites one line on a terminal", () => {
    const { progress, written, time } = recorded(true);
    const task = progress.start("scoring", 4, "queries");
    for (const now of [1_000, 1_050, 1_100]) {
      time.now = now;
      task.update(2);
    }
    expect(written.length).toBe(2);
    for (const text of written) expect(text.startsWith("\r")).toBe(true);
  });

  it("writes bytes in units, and does not count what was there before as speed", () => {
    const { progress, written, time } = recorded(false);
    const task = progress.start("fetching", 100_000_000, "bytes");
    task.skip(50_000_000);
    time.now = 2_000;
    task.update(60_000_000);
    task.end();
    expect(written).toEqual(["fetching: 60.0 MB of 100.0 MB (5.0 MB/s, 8.0 s left)\n", "fetching: 60.0 MB in 2.0 s\n"]);
  });

  it("can be silent", () => silentProgress.start("scoring", 1, "query").end());
});

it.each([
  [7.34, "7.3 s"],
  [252, "4 min 12 s"],
  [7_500, "2 h 5 min"],
])("writes %d seconds as %s", (seconds, text) => expect(formatSeconds(seconds)).toBe(text));
