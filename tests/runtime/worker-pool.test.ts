import { afterEach, describe, expect, it } from "vitest";
import { openWorkerPool, type WorkerPool } from "../../harness/runtime/worker-pool.ts";

type Job = { readonly what: string; readonly value: unknown };

const entry = new URL("obedient-worker.mjs", import.meta.url);
const quiet = { onUpdate: () => undefined, stop: () => undefined };

describe("openWorkerPool", () => {
  const pools: WorkerPool<Job, string>[] = [];
  function open(file = entry): WorkerPool<Job, string> {
    const pool = openWorkerPool<Job, string>({ entry: file, size: 2, data: "ready" });
    pools.push(pool);
    return pool;
  }
  afterEach(async () => {
    for (const pool of pools.splice(0)) await pool.close();
  });

  it("gives every worker the job and returns every result", async () => {
    const results = await open().run({ what: "answer", value: 7 }, quiet);
    expect(results.sort()).toEqual(["ready 0 7", "ready 1 7"]);
  });

  it("does jobs one after the other", async () => {
    const pool = open();
    const [first, second] = await Promise.all([1, 2].map((value) => pool.run({ what: "answer", value }, quiet)));
    expect(first?.sort()).toEqual(["ready 0 1", "ready 1 1"]);
    expect(second?.sort()).toEqual(["ready 0 2", "ready 1 2"]);
  });

  it("passes on what workers report", async () => {
    const updates: number[] = [];
    await open().run({ what: "report", value: 5 }, { ...quiet, onUpdate: (update) => updates.push(update) });
    expect(updates).toEqual([5, 5]);
  });

  it("throws a worker's own error with its code, tells the others to stop, and stays usable", async () => {
    const pool = open();
    let stops = 0;
    const refused = pool.run({ what: "refuse", value: "no such file" }, { ...quiet, stop: () => stops++ });
    await expect(refused).rejects.toMatchObject({ code: "FILE_MISSING", message: "no such file" });
    expect(stops).toBe(1);
    expect((await pool.run({ what: "answer", value: 1 }, quiet)).length).toBe(2);
  });

  it.each([
    { why: "ends", job: { what: "die", value: 3 }, message: "exit code 3" },
    { why: "throws outside its work", job: { what: "throw", value: "out of luck" }, message: "out of luck" },
  ])("says what happened when a worker $why, and fails from then on", async ({ job, message }) => {
    const pool = open();
    const died = expect.objectContaining({ code: "ENGINE_FAILED", message: expect.stringContaining(message) });
    await expect(pool.run(job, quiet)).rejects.toEqual(died);
    await expect(pool.run({ what: "answer", value: 1 }, quiet)).rejects.toEqual(died);
  });

  it("notices a worker that died between two jobs", async () => {
    const pool = open();
    await pool.run({ what: "answer, then die", value: 4 }, quiet);
    const next = pool.run({ what: "nothing that is answered", value: 0 }, quiet);
    await expect(next).rejects.toMatchObject({ code: "ENGINE_FAILED" });
  });

  it("says so when the workers' file is not there", async () => {
    const pool = open(new URL("no-such-worker.mjs", import.meta.url));
    await expect(pool.run({ what: "answer", value: 1 }, quiet)).rejects.toMatchObject({ code: "ENGINE_FAILED" });
  });
});
