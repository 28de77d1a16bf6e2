import { describe, expect, it } from "vitest";
import { leastOutstanding } from "../../harness/remote/least-outstanding.ts";

describe("leastOutstanding", () => {
  it("gives work to the server with the least under way", async () => {
    const dispatch = leastOutstanding(["a", "b"]);
    const chosen: string[] = [];
    const ends: (() => void)[] = [];
    const start = () =>
      dispatch((server) => {
        chosen.push(server);
        return new Promise<void>((resolve) => ends.push(resolve));
      });
    const under = [start(), start(), start()];
    ends[1]?.();
    await under[1];
    under.push(start());
    expect(chosen).toEqual(["a", "b", "a", "b"]);
    for (const end of ends) end();
    await Promise.all(under);
  });

  it("avoids a server that fails, until it succeeds again", async () => {
    const dispatch = leastOutstanding(["a", "b"]);
    const chosen: string[] = [];
    const work = (fails: string) => (server: string) => {
      chosen.push(server);
      return server === fails ? Promise.reject(new Error("down")) : Promise.resolve();
    };
    await dispatch(work("a")).catch(() => undefined);
    await dispatch(work("a"));
    await dispatch(work("b")).catch(() => undefined);
    await dispatch(work(""));
    await dispatch(work(""));
    expect(chosen).toEqual(["a", "b", "b", "a", "a"]);
  });
});
