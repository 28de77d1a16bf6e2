import { setTimeout } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { boundedMap } from "../../harness/runtime/bounded-map.ts";

describe("boundedMap", () => {
  it("keeps the order of the items and never runs more than the limit at once", async () => {
    let running = 0;
    let most = 0;
    const results = await boundedMap([5, 1, 3, 2, 4], 2, async (item, index) => {
      most = Math.max(most, ++running);
      await setTimeout(item);
      running--;
      return [item, index];
    });
    expect(results).toEqual([
      [5, 0],
      [1, 1],
      [3, 2],
      [2, 3],
      [4, 4],
    ]);
    expect(most).toBe(2);
  });

  it("starts nothing after a failure and lets what runs end before it throws", async () => {
    const ended: number[] = [];
    const work = boundedMap([1, 2, 3, 4], 2, async (item) => {
      await setTimeout(item * 5);
      if (item === 1) throw new Error("first");
      ended.push(item);
    });
    await expect(work).rejects.toThrow("first");
    expect(ended).toEqual([2]);
  });

  it("returns nothing for nothing", async () => {
    expect(await boundedMap([], 4, () => Promise.resolve(1))).toEqual([]);
  });
});
