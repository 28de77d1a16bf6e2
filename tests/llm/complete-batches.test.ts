import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { type BatchJob, completeBatches } from "../../harness/llm/complete-batches.ts";
import { completePrompts } from "../../harness/llm/complete-prompts.ts";
import { openBatchEndpoint } from "../../harness/remote/batch-endpoint.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { chatStandIn, noWaiting } from "./chat-stand-in.ts";
import { openedJournals, userPrompts } from "./opened-journals.ts";

const server = chatStandIn();
const folder = temporaryFolder();
const openTracked = openedJournals();
let made = 0;

beforeEach(() => server.behave({}));

/** A folder of batches and answers; every `run` is a process of its own, as far as they go. */
function bench() {
  const root = folder.path(`batches-${made++}`);
  const waits: number[] = [];
  const said: string[] = [];
  async function open() {
    const client = server.client();
    const journal = await openTracked({ root, client, onWarning: (line) => said.push(line) });
    return { client, journal };
  }
  async function run(texts: readonly string[], more: Partial<BatchJob> = {}) {
    const { client, journal } = await open();
    const connection = { baseUrl: server.baseUrl(), apiKey: undefined, timeoutMs: 5_000, signal: undefined };
    const endpoint = await openBatchEndpoint(connection);
    const job = { client, journal, endpoint, options: server.options(), prompts: userPrompts(texts), pollSeconds: 60 };
    try {
      return await completeBatches({
        ...job,
        wait: true,
        pause: noWaiting(waits),
        say: (line) => said.push(line),
        ...more,
      });
    } finally {
      await journal.close();
    }
  }
  async function outcomes(texts: readonly string[]) {
    const { journal } = await open();
    return await Promise.all(
      userPrompts(texts).map(async (prompt) => (await journal.find(journal.keyOf(prompt)))?.outcome),
    );
  }
  const pending = async () => {
    const { journal } = await open();
    return await readdir(join(journal.folder, "batches")).catch(() => []);
  };
  return { run, outcomes, pending, waits, said, open };
}

async function calls(method: string, part: string): Promise<number> {
  return (await server.log()).filter((call) => call.method === method && call.url?.includes(part)).length;
}

describe("completeBatches", () => {
  const texts = ["one", "two", "three", "four", "five"];

  it("hands prompts in, looks until they are done, and keeps what one request each would have brought", async () => {
    await server.behave({ batch: { looks: 2 } });
    const { run, outcomes, pending, waits } = bench();
    expect(await run(texts)).toMatchObject({ answered: 5, failed: 0, unanswered: 0, underWay: 0 });
    expect(waits).toEqual([60_000, 60_000]);
    expect(await pending()).toEqual([]);
    const { open } = bench();
    const alone = await open();
    await completePrompts({ ...alone, prompts: userPrompts(texts), concurrency: 1 });
    const expected = userPrompts(texts).map(
      async (prompt) => (await alone.journal.find(alone.journal.keyOf(prompt)))?.outcome,
    );
    expect(await outcomes(texts)).toEqual(await Promise.all(expected));
  });

  it("asks for nothing that has an outcome or is in a batch", async () => {
    const { run } = bench();
    await run(texts.slice(0, 2));
    await server.behave({ batch: { looks: 9 } });
    expect(await run(texts, { wait: false })).toMatchObject({ kept: 2, underWay: 3 });
    await server.log();
    expect(await run(texts, { wait: false })).toMatchObject({ kept: 2, underWay: 3 });
    expect(await calls("POST", "batches")).toBe(0);
  });

  it("is collected by another process than the one that handed it in", async () => {
    await server.behave({ batch: { looks: 1 } });
    const { run, outcomes, pending } = bench();
    expect(await run(texts, { wait: false })).toMatchObject({ answered: 0, underWay: 5 });
    expect(await pending()).toHaveLength(1);
    expect(await run(texts)).toMatchObject({ answered: 5, underWay: 0 });
    expect((await outcomes(texts)).map((outcome) => outcome?.status)).toEqual(Array(5).fill("answered"));
  });

  it("keeps what a batch brought in part, tells failures from what was not reached, and hands the rest in again", async () => {
    await server.behave({ batch: { status: "expired", answered: 4 } });
    const { run, outcomes } = bench();
    const mixed = ["one", "two [status 400]", "three [empty]", "four [status 500]", "five", "six"];
    expect(await run(mixed)).toMatchObject({ answered: 1, failed: 2, unanswered: 3 });
    expect((await outcomes(mixed)).map((outcome) => outcome?.status)).toEqual([
      ...["answered", "failed", "failed", undefined],
      ...[undefined, undefined],
    ]);
    await server.behave({});
    expect(await run(mixed)).toMatchObject({ kept: 3, answered: 2, unanswered: 1 });
  });

  it("leaves a prompt open where its status is no prompt's fault, such as that of a model that is not there", async () => {
    const { run, outcomes } = bench();
    const mixed = ["one", "two [status 404]", "three [status 422]"];
    expect(await run(mixed)).toMatchObject({ answered: 1, failed: 1, unanswered: 1 });
    expect((await outcomes(mixed)).map((outcome) => outcome?.status)).toEqual(["answered", undefined, "failed"]);
  });

  it("finds a batch again whose number it never learnt, and pays once", async () => {
    await server.behave({ rules: [{ url: "/v1/batches", cut: true }] });
    const { run } = bench();
    expect(await run(texts)).toMatchObject({ answered: 5 });
    expect(await calls("POST", "batches")).toBe(1);
  });

  it("goes on after a process that died between handing in and learning the number", async () => {
    await server.behave({ rules: [{ url: "/v1/batches", cut: true }] });
    const { run, pending } = bench();
    const dead = new Error("the process died");
    const pause = { sleep: () => Promise.reject(dead), random: () => 0 };
    await expect(run(texts, { pause })).rejects.toBe(dead);
    expect(await pending()).toHaveLength(1);
    expect(await run(texts)).toMatchObject({ answered: 5 });
    expect(await calls("POST", "batches")).toBe(1);
  });

  it("makes several batches of many prompts", async () => {
    const { run, pending } = bench();
    expect(await run(texts, { batchSize: 2 })).toMatchObject({ answered: 5 });
    expect(await calls("POST", "batches")).toBe(3);
    expect(await pending()).toEqual([]);
  });

  it("says why a batch is refused, and hands it in again once that is mended", async () => {
    await server.behave({ batch: { status: "failed" } });
    const { run } = bench();
    await expect(run(texts)).rejects.toMatchObject({
      code: "REMOTE_REFUSED",
      message: expect.stringContaining("line 1"),
    });
    await server.behave({});
    expect(await run(texts)).toMatchObject({ answered: 5 });
  });

  it("ends for answers of another model", async () => {
    await server.behave({ always: { model: "other" } });
    await expect(bench().run(texts)).rejects.toMatchObject({ code: "REMOTE_REFUSED" });
  });
});
