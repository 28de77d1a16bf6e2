import { beforeEach, describe, expect, it } from "vitest";
import { completePrompts } from "../../harness/llm/complete-prompts.ts";
import type { CompletionTotals } from "../../harness/llm/completion-totals.ts";
import type { ChatClient, Prompt } from "../../harness/llm/types.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { chatStandIn } from "./chat-stand-in.ts";
import { openedJournals, userPrompts } from "./opened-journals.ts";

const server = chatStandIn();
const folder = temporaryFolder();
const PRICE = { promptUsdPerMillion: 1e6, completionUsdPerMillion: 0 };
const openTracked = openedJournals();
let made = 0;

beforeEach(() => server.behave({}));

function numbered(count: number, mark = ""): readonly string[] {
  return Array.from({ length: count }, (_, index) => `document ${index} ${mark}`);
}

/** A journal in a new folder, and jobs on it. */
async function bench(options: object = {}) {
  const client: ChatClient & { readonly waits: number[] } = server.client(options);
  const root = folder.path(`job-${made++}`);
  const journal = await openTracked({ root, client, onWarning: () => undefined });
  const run = (texts: readonly string[], more: object = {}) =>
    completePrompts({ client, journal, prompts: userPrompts(texts), concurrency: 4, ...more });
  const outcomeOf = async (text: string) => {
    const [prompt] = userPrompts([text]);
    return prompt && (await journal.find(journal.keyOf(prompt)));
  };
  return { client, journal, run, outcomeOf };
}

async function asked(): Promise<readonly (string | undefined)[]> {
  return (await server.log()).map(({ messages }) => messages?.[0]?.content);
}

describe("completePrompts", () => {
  it("asks every prompt once, several at a time, and nothing when it is done again", async () => {
    await server.behave({ always: { delay: 20 } });
    const { run } = await bench();
    const texts = numbered(12);
    expect(await run(texts)).toMatchObject({ kept: 0, answered: 12, failed: 0, unanswered: 0, unmetered: 0 });
    const log = await server.log();
    expect(log.map(({ messages }) => messages?.[0]?.content).sort()).toEqual([...texts].sort());
    expect(Math.max(...log.map(({ atOnce }) => atOnce))).toBe(4);
    expect(await run(texts)).toMatchObject({ kept: 12, answered: 0 });
    expect(await asked()).toEqual([]);
  });

  it("asks prompts that come twice once", async () => {
    const { run } = await bench();
    expect(await run(["a", "b", "a", "a"])).toMatchObject({ kept: 2, answered: 2 });
    expect((await asked()).toSorted()).toEqual(["a", "b"]);
  });

  it("keeps failures of a prompt, and asks for them again only when told, with another seed", async () => {
    const { run, outcomeOf } = await bench({ seed: 3 });
    const texts = ["good", "bad [empty]"];
    expect(await run(texts)).toMatchObject({ answered: 1, failed: 1 });
    expect(await run(texts)).toMatchObject({ kept: 2 });
    await server.log();
    expect(await run(texts, { retryFailed: true })).toMatchObject({ kept: 1, failed: 1 });
    expect(await server.log()).toMatchObject([{ seed: 3 + 10_000, messages: [{ content: "bad [empty]" }] }]);
    expect(await outcomeOf("bad [empty]")).toMatchObject({ attempt: 1, outcome: { status: "failed" } });
  });

  it("counts an answer of no use as a failure, keeps it, and replaces it by that of a later attempt", async () => {
    await server.behave({ always: { seeded: true } });
    const { run, outcomeOf } = await bench({ seed: 3 });
    let wanted = "nothing";
    const usable = (text: string) => text === wanted;
    expect(await run(["a"], { usable })).toMatchObject({ answered: 0, failed: 1 });
    const first = await outcomeOf("a");
    expect(await run(["a"], { usable })).toMatchObject({ kept: 1 });
    expect(await run(["a"], { usable: () => true, retryFailed: true })).toMatchObject({ kept: 1 });
    await run(["a"], { usable, retryFailed: true });
    const second = await outcomeOf("a");
    expect(second).toMatchObject({ attempt: 1, outcome: { status: "answered" } });
    expect(second?.outcome).not.toEqual(first?.outcome);
    wanted = second?.outcome.status === "answered" ? second.outcome.text : "";
    expect(await run(["a"], { usable, retryFailed: true })).toMatchObject({ kept: 1, failed: 0 });
  });

  it("asks a prompt without an answer once more at the end, and then takes it for a failure of the prompt", async () => {
    const { run, outcomeOf } = await bench({ retries: 1 });
    const texts = ["x [status 500]", ...numbered(5)];
    expect(await run(texts)).toMatchObject({ answered: 5, failed: 1, unanswered: 0 });
    // two rounds of two tries
    expect((await asked()).filter((text) => text === texts[0])).toHaveLength(2 * 2);
    expect(await outcomeOf("x [status 500]")).toMatchObject({ outcome: { status: "failed" } });
  });

  it("keeps nothing of prompts that a server in trouble left without an answer", async () => {
    await server.behave({ always: { status: 503 } });
    const { run, outcomeOf } = await bench({ retries: 0 });
    expect(await run(["a", "b"])).toMatchObject({ answered: 0, failed: 0, unanswered: 2 });
    expect(await outcomeOf("a")).toBeUndefined();
    await server.behave({});
    expect(await run(["a", "b"])).toMatchObject({ kept: 0, answered: 2 });
  });

  it("gives up servers that are gone after eight requests in a row, and loses no answer", async () => {
    const { run } = await bench({ retries: 0 });
    await run(numbered(3));
    await server.behave({ always: { status: 503 } });
    const texts = numbered(100);
    await expect(run(texts)).rejects.toMatchObject({ code: "REMOTE_UNREACHABLE" });
    expect((await asked()).length).toBeLessThanOrEqual(8 + 3);
    await server.behave({});
    expect(await run(texts)).toMatchObject({ kept: 3, answered: 97 });
  });

  it("goes on where it was stopped, with what was under way then kept", async () => {
    await server.behave({ always: { delay: 20 } });
    const { run } = await bench();
    const controller = new AbortController();
    const onProgress = ({ answered }: CompletionTotals) => answered === 6 && controller.abort(new Error("stopped"));
    const texts = numbered(20);
    await expect(run(texts, { signal: controller.signal, onProgress })).rejects.toThrow("stopped");
    const first = (await asked()).length;
    expect(first).toBeLessThan(20);
    const { kept, answered } = await run(texts);
    expect([kept + answered, kept]).toEqual([20, first]);
  });

  it("stops a hopeless job by its failure budget, once twenty outcomes say so", async () => {
    const { run } = await bench();
    await expect(run(numbered(60, "[refusal]"), { failureBudget: 0.5 })).rejects.toMatchObject({
      code: "BUDGET_SPENT",
      message: expect.stringContaining("the last: the model refused"),
    });
    // those under way when the twentieth came
    expect((await asked()).length).toBeLessThanOrEqual(20 + 3);
    const few = [...numbered(11, "[refusal]"), ...numbered(11)].sort();
    const { run: another } = await bench();
    expect(await another(few, { failureBudget: 0.6 })).toMatchObject({ answered: 11, failed: 11 });
  });

  it("says what it could not use where answers are of no use", async () => {
    const { run } = await bench();
    await expect(run(numbered(20), { failureBudget: 0.5, usable: () => false })).rejects.toMatchObject({
      code: "BUDGET_SPENT",
      message: expect.stringMatching(/the last: an answer that cannot be used: ".+"/),
    });
  });

  it("stops when the money is spent, which counts what was spent before", async () => {
    const { run } = await bench({ price: PRICE });
    // 8 characters are 2 tokens, and a token is a dollar
    const texts = Array.from({ length: 30 }, (_, index) => `text ${String(index).padStart(3, "0")}`);
    await expect(run(texts, { usdBudget: 10, spent: 4 })).rejects.toMatchObject({ code: "BUDGET_SPENT" });
    const count = (await asked()).length;
    expect(count).toBeGreaterThanOrEqual((10 - 4) / 2);
    expect(count).toBeLessThanOrEqual((10 - 4) / 2 + 3);
    expect(await run(texts, { usdBudget: 100, spent: 4 + count * 2 })).toMatchObject({ kept: count, usd: 4 + 30 * 2 });
  });

  it("does not begin with a budget in money and no price, and ends when a server does not count tokens", async () => {
    const { run } = await bench();
    await expect(run(["a"], { usdBudget: 1 })).rejects.toMatchObject({ code: "USAGE" });
    expect(await asked()).toEqual([]);
    await server.behave({ always: { noUsage: true } });
    const { run: priced } = await bench({ price: PRICE });
    await expect(priced(numbered(20), { usdBudget: 1 })).rejects.toMatchObject({ code: "BUDGET_SPENT" });
    expect((await asked()).length).toBeLessThanOrEqual(4);
  });

  it("draws prompts as they are needed", async () => {
    let drawn = 0;
    function* endless(): Generator<Prompt> {
      for (;;) {
        drawn += 1;
        yield* userPrompts([`document ${drawn}`]);
      }
    }
    const { run } = await bench();
    const controller = new AbortController();
    const onProgress = ({ answered }: CompletionTotals) => answered >= 10 && controller.abort(new Error("enough"));
    await expect(run([], { prompts: endless(), signal: controller.signal, onProgress })).rejects.toThrow("enough");
    expect(drawn).toBeLessThanOrEqual(10 + 2 * 4);
  });

  it("brings the same answers from a server with faults that pass", async () => {
    const texts = numbered(150);
    const calm = await bench();
    await calm.run(texts);
    await server.behave({ flaky: 0.4 });
    const { run, outcomeOf } = await bench({ timeoutSeconds: 0.2 });
    expect(await run(texts, { concurrency: 16 })).toMatchObject({ answered: 150, failed: 0 });
    for (const text of texts) expect((await outcomeOf(text))?.outcome).toEqual((await calm.outcomeOf(text))?.outcome);
  });
});
