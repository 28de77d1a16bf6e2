import { beforeEach, describe, expect, it, vi } from "vitest";
import { openChatClient } from "../../harness/llm/openai.ts";
import { chatOptions } from "../../harness/llm/openai-options.ts";
import type { Prompt } from "../../harness/llm/types.ts";
import { canonicalJson } from "../../harness/storage/content-hash.ts";
import { chatStandIn } from "./chat-stand-in.ts";

const server = chatStandIn();
const schema = { name: "answer", schema: { type: "object" } };

beforeEach(() => server.behave({}));

function prompt(content: string, more: Partial<Prompt> = {}): Prompt {
  return { messages: [{ role: "user", content }], ...more };
}

describe("openChatClient", () => {
  it("sends sampling parameters in so many words, the schema unless told otherwise, and a seed only when given", async () => {
    await server.client({ temperature: 0.2, topP: 0.9, maxTokens: 77 }).complete(prompt("rain", { schema }));
    const [request] = await server.log();
    expect(request).toMatchObject({
      model: "writer",
      messages: [{ role: "user", content: "rain" }],
      temperature: 0.2,
      top_p: 0.9,
      max_tokens: 77,
      response_format: {
        type: "json_schema",
        json_schema: { name: "answer", strict: true, schema: { type: "object" } },
      },
    });
    expect(request).not.toHaveProperty("seed");
    await server
      .client({ responseFormat: "none", seed: 5, maxTokensName: "max_completion_tokens" })
      .complete(prompt("rain", { schema, sample: 2 }), 1);
    const [bare] = await server.log();
    // the third sample, asked for the second time
    expect(bare).toMatchObject({ seed: 5 + 2 + 10_000, max_completion_tokens: 4_096 });
    expect(bare).not.toHaveProperty("response_format");
    expect(bare).not.toHaveProperty("max_tokens");
  });

  it("says what was answered, by whom, and how many tokens it took", async () => {
    await server.behave({ always: { text: "yes" } });
    const outcome = await server.client().complete(prompt("eight ch"));
    expect(outcome).toEqual({
      status: "answered",
      text: "yes",
      finish: "stop",
      model: "writer",
      promptTokens: 8 / 4,
      completionTokens: 1,
    });
  });

  it.each([
    { trouble: "429 with Retry-After", rule: { status: 429, headers: { "retry-after": "7" } }, wait: 7_000 },
    { trouble: "500", rule: { status: 500 }, wait: 250 },
    { trouble: "503 with Retry-After", rule: { status: 503, headers: { "retry-after": "1" } }, wait: 1_000 },
    { trouble: "a cut stream", rule: { cut: true }, wait: 250 },
    { trouble: "an answer that is no JSON", rule: { noJson: true }, wait: 250 },
  ])("tries again after $trouble", async ({ rule, wait }) => {
    await server.behave({ rules: [rule] });
    const client = server.client();
    expect(await client.complete(prompt("rain"))).toMatchObject({ status: "answered" });
    expect(client.waits).toEqual([wait]);
  });

  it.each([
    { trouble: "an answer that does not come", rule: { delay: 5_000 } },
    { trouble: "an answer that stops half way", rule: { stall: true } },
  ])("gives up $trouble after `timeoutSeconds`, and tries again", async ({ rule }) => {
    await server.behave({ rules: [rule] });
    const client = server.client({ timeoutSeconds: 0.5 });
    expect(await client.complete(prompt("rain"))).toMatchObject({ status: "answered" });
    expect(client.waits).toEqual([250]);
  });

  it.each([
    { what: "a refusal", text: "[refusal]", why: /refused: I will not/ },
    { what: "an answer that a filter stopped", text: "[filter]", why: /content filter/ },
    { what: "an empty answer", text: "[empty]", why: /empty/ },
  ])("takes $what for a failure of the prompt, tokens counted, after one try", async ({ text, why }) => {
    const client = server.client();
    const outcome = await client.complete(prompt(text));
    expect(outcome).toMatchObject({
      status: "failed",
      why: expect.stringMatching(why),
      promptTokens: expect.any(Number),
    });
    expect(outcome).not.toHaveProperty("passing");
    expect(client.waits).toEqual([]);
  });

  it.each([
    { status: 400, passing: false, tries: 1 },
    { status: 422, passing: false, tries: 1 },
    { status: 429, passing: true, tries: 3 },
    { status: 500, passing: true, tries: 3 },
  ])("tells a prompt that is turned away from a server in trouble: $status", async ({ status, passing, tries }) => {
    const outcome = await server.client({ retries: 2 }).complete(prompt(`[status ${status}]`));
    expect(outcome).toMatchObject({ status: "failed", passing });
    expect(await server.log()).toHaveLength(tries);
  });

  it.each([
    { why: "a wrong model", rule: { model: "other" }, code: "REMOTE_REFUSED" },
    { why: "a model that is not there", rule: { status: 404 }, code: "REMOTE_REFUSED" },
    { why: "a key that is refused", rule: { status: 401 }, code: "REMOTE_REFUSED" },
  ])("ends the work for $why, which every prompt would suffer", async ({ rule, code }) => {
    await server.behave({ always: rule });
    await expect(server.client().complete(prompt("rain"))).rejects.toMatchObject({ code });
  });

  it("takes the declared name of the served model, or any", async () => {
    await server.behave({ always: { model: "org/writer-7b" } });
    for (const servedModel of ["org/writer-7b", "*"]) {
      const outcome = await server.client({ servedModel }).complete(prompt("rain"));
      expect(outcome).toMatchObject({ status: "answered", model: "org/writer-7b" });
    }
  });

  it("stops at once when it is told to", async () => {
    await server.behave({ always: { delay: 5_000 } });
    const signal = AbortSignal.timeout(100);
    const error = await server
      .client({}, { signal })
      .complete(prompt("rain"))
      .catch((thrown: unknown) => thrown);
    expect(error).toBe(signal.reason);
  });

  it("shares the work among servers, and another stands in for one that is gone", async () => {
    await server.behave({ always: { delay: 30 } });
    const both = server.client({ baseUrls: [server.baseUrl(0), server.baseUrl(1)] });
    await Promise.all(["a", "b", "c", "d"].map((text) => both.complete(prompt(text))));
    const hosts = (await server.log()).map(({ headers }) => `http://${headers["host"]}/v1`);
    for (const host of [0, 1]) expect(hosts.filter((url) => url === server.baseUrl(host))).toHaveLength(2);
    const half = server.client({ baseUrls: ["http://127.0.0.1:9/v1", server.baseUrl()] });
    expect(await half.complete(prompt("rain"))).toMatchObject({ status: "answered" });
  });
});

describe("the key and the identity", () => {
  const key = "sk-very-secret";
  const secret = (name: string) => (name === "SPIKEBENCH_TEST_KEY" ? `${key}\n` : undefined);

  it("sends the key that is named, and nothing of it anywhere else", async () => {
    const client = server.client({ apiKeyEnv: "SPIKEBENCH_TEST_KEY", retries: 0 }, { secret });
    await client.complete(prompt("rain"));
    expect((await server.log())[0]?.headers["authorization"]).toBe(`Bearer ${key}`);
    expect(canonicalJson(client.identity)).not.toMatch(/secret|SPIKEBENCH_TEST_KEY/);
    for (const status of [400, 401, 500]) {
      await server.behave({ always: { status, message: `bad key ${key}` } });
      const told = await client.complete(prompt("rain")).catch((error: Error) => [error.message, error.stack]);
      expect(JSON.stringify(told)).not.toContain(key);
    }
  });

  it("sends no key unless told, whatever the environment has, and names the variable that is missing", async () => {
    vi.stubEnv("OPENAI_API_KEY", key);
    await server.client().complete(prompt("rain"));
    vi.unstubAllEnvs();
    expect((await server.log())[0]?.headers).not.toHaveProperty("authorization");
    const absent = server.client({ apiKeyEnv: "ABSENT" }, { secret });
    await expect(absent.complete(prompt("rain"))).rejects.toMatchObject({ code: "USAGE" });
  });

  it("depends on all that changes an answer, and not on who pays and how requests are paced", () => {
    const identity = (options: object) => {
      const given = { model: "m", baseUrls: ["http://a.example/v1"], ...options };
      return canonicalJson(openChatClient(chatOptions.parse(given)).identity);
    };
    const same = [
      { concurrency: 3, retries: 1, timeoutSeconds: 9 },
      { apiKeyEnv: "SOME", price: { promptUsdPerMillion: 1, completionUsdPerMillion: 2 } },
      { servedModel: "m" },
      { baseUrls: ["http://a.example/v1", "http://b.example/v1"] },
      { baseUrls: ["http://b.example/v1"], server: "a.example" },
    ];
    for (const options of same) expect(identity(options)).toBe(identity({}));
    const different = [
      { model: "n" },
      { revision: "abc" },
      { baseUrls: ["http://b.example/v1"] },
      { temperature: 0 },
      { topP: 0.5 },
      { seed: 1 },
      { maxTokens: 5 },
      { responseFormat: "none" },
    ];
    expect(new Set([{}, ...different].map(identity)).size).toBe(different.length + 1);
  });

  it("counts money by the price that it is given, and not without one", () => {
    const price = { promptUsdPerMillion: 2, completionUsdPerMillion: 10 };
    const client = server.client({ price });
    expect(client.costOf({ promptTokens: 500_000, completionTokens: 100_000 })).toBeCloseTo(0.5 * 2 + 0.1 * 10, 12);
    expect(client.costOf({ promptTokens: 5 })).toBeUndefined();
    expect(server.client().costOf({ promptTokens: 5, completionTokens: 5 })).toBeUndefined();
  });
});
