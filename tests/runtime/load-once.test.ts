import { describe, expect, it } from "vitest";
import { loadOnce } from "../../harness/runtime/load-once.ts";

describe("loadOnce", () => {
  it("loads at the first call, and once for all callers", async () => {
    let loads = 0;
    const load = loadOnce(() => {
      loads += 1;
      return Promise.resolve(loads);
    });
    expect(loads).toBe(0);
    expect(await Promise.all([load(), load()])).toEqual([1, 1]);
    expect(await load()).toBe(1);
  });

  it("loads again after a failure, which every waiting caller gets", async () => {
    let loads = 0;
    const load = loadOnce(() => {
      loads += 1;
      return loads === 1 ? Promise.reject(new Error("disk gone")) : Promise.resolve(loads);
    });
    const waiting = await Promise.allSettled([load(), load()]);
    expect(waiting.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect(await load()).toBe(2);
  });
});
