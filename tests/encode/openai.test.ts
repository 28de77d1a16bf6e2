import { beforeEach, describe, expect, it, vi } from "vitest";
import { RefusedTexts } from "../../harness/encode/refused-texts.ts";
import { createEncoder } from "../../harness/encode/registry.ts";
import { canonicalJson } from "../../harness/storage/content-hash.ts";
import { failureOf, openaiStandIn, TEXTS } from "./openai-stand-in.ts";

const server = openaiStandIn();

beforeEach(() => server.behave({}));

describe("openai encoder", () => {
  it("asks for base64 in so many words and sends no dimensions unless told", async () => {
    await (await server.encoder()).encode(["rain"], "document");
    expect(await server.log()).toMatchObject([{ url: "/v1/embeddings", model: "words", input: ["rain"] }]);
    await (await server.encoder()).encode(["rain"], "document");
    const [request] = await server.log();
    expect(request).toHaveProperty("encoding_format", "base64");
    expect(request).not.toHaveProperty("dimensions");
    await (await server.encoder({ dimensions: 8, sendDimensions: true, encodingFormat: "float" })).encode(
      ["rain"],
      "document",
    );
    expect(await server.log()).toMatchObject([{ dimensions: 8, encoding_format: "float" }]);
  });

  it("brings vectors to norm 1, each in its row", async () => {
    const vectors = (await (await server.encoder({ batchSize: 2 })).encode(TEXTS, "document")).vectors;
    for (const [row, text] of TEXTS.entries()) {
      const vector = vectors.subarray(row * 16, (row + 1) * 16);
      expect(Math.hypot(...vector)).toBeCloseTo(1, 6);
      expect(vector).toEqual((await (await server.encoder()).encode([text], "document")).vectors);
    }
  });

  it.each([
    { trouble: "numbers although base64 was asked", rule: { floats: true } },
    { trouble: "items out of order", rule: { reversed: true } },
  ])("reads an answer with $trouble without another try", async ({ rule }) => {
    const vectors = await server.expected();
    await server.behave(rule);
    const encoder = await server.encoder();
    expect((await encoder.encode(TEXTS, "document")).vectors).toEqual(vectors);
    expect(encoder.waits).toEqual([]);
  });

  it.each([
    { trouble: "429 with Retry-After", rule: { status: 429, headers: { "retry-after": "7" } }, wait: 7_000 },
    { trouble: "408", rule: { status: 408 }, wait: 250 },
    { trouble: "409", rule: { status: 409 }, wait: 250 },
    { trouble: "500", rule: { status: 500 }, wait: 250 },
    { trouble: "503", rule: { status: 503, headers: { "retry-after": "1" } }, wait: 1_000 },
    { trouble: "a cut connection", rule: { cut: true }, wait: 250 },
    { trouble: "truncated JSON", rule: { truncate: true }, wait: 250 },
    { trouble: "a missing item", rule: { missing: true }, wait: 250 },
    { trouble: "the same index twice", rule: { sameIndex: true }, wait: 250 },
  ])("tries again after $trouble", async ({ rule, wait }) => {
    const vectors = await server.expected();
    await server.behave({}, rule);
    const encoder = await server.encoder();
    expect((await encoder.encode(TEXTS, "document")).vectors).toEqual(vectors);
    expect(encoder.waits).toEqual([wait]);
  });

  it.each([
    { trouble: "an answer that does not come", rule: { delay: 5_000 } },
    { trouble: "an answer that stops half way", rule: { stall: true } },
  ])("gives up $trouble after `timeoutSeconds`, and tries again", async ({ rule }) => {
    const vectors = await server.expected();
    await server.behave({}, rule);
    const encoder = await server.encoder({ timeoutSeconds: 0.5 });
    expect((await encoder.encode(TEXTS, "document")).vectors).toEqual(vectors);
    expect(encoder.waits).toEqual([250]);
  });

  it("stops at once when it is told to", async () => {
    await server.behave({ delay: 5_000 });
    const signal = AbortSignal.timeout(100);
    const error = await (await server.encoder({}, { signal }))
      .encode(TEXTS, "document")
      .catch((thrown: unknown) => thrown);
    expect(error).toBe(signal.reason);
  });

  it.each([
    { why: "a wrong dimension", rule: { dim: 8 }, code: "DIMENSION_MISMATCH" },
    { why: "a wrong dimension in numbers", rule: { dim: 17, floats: true }, code: "DIMENSION_MISMATCH" },
    { why: "another model", rule: { model: "other" }, code: "REMOTE_REFUSED" },
    { why: "a missing model", rule: { status: 404 }, code: "REMOTE_REFUSED" },
    { why: "a redirect", rule: { status: 307, headers: { location: "http://127.0.0.1:9/" } }, code: "REMOTE_REFUSED" },
  ])("fails at once for $why", async ({ rule, code }) => {
    await server.behave(rule);
    const encoder = await server.encoder();
    expect((await failureOf(encoder)).code).toBe(code);
    expect(encoder.waits).toEqual([]);
    expect(await server.log()).toHaveLength(1);
  });

  it.each([{ status: 500 }, { status: 400 }, { cut: true }])(
    "blames the server, not the texts, when a harmless text fails too: %j",
    async (rule) => {
      await server.behave(rule);
      const error = await failureOf(await server.encoder({ retries: 1 }));
      expect(error).not.toBeInstanceOf(RefusedTexts);
      expect(error.code).toBe("status" in rule && rule.status === 400 ? "REMOTE_REFUSED" : "REMOTE_UNREACHABLE");
      // the batch and the probe, twice at most each: no halving
      expect((await server.log()).length).toBeLessThanOrEqual(4);
    },
  );

  it("takes the declared name of the served model, or any", async () => {
    await server.behave({ model: "org/words-v2" });
    expect((await failureOf(await server.encoder({ servedModel: "words-v2" }))).code).toBe("REMOTE_REFUSED");
    for (const servedModel of ["org/words-v2", "*"]) {
      expect((await (await server.encoder({ servedModel })).encode(["rain"], "query")).vectors).toHaveLength(16);
    }
  });
});

describe("several servers", () => {
  const both = () => ({ baseUrls: [server.baseUrl(0), server.baseUrl(1)], batchSize: 1 });

  it("share the work, never more than `concurrency` requests at once", async () => {
    await server.behave({ delay: 30 });
    await (await server.encoder({ ...both(), concurrency: 4 })).encode(TEXTS, "document");
    const log = await server.log();
    const hosts = log.map(({ headers }) => headers["host"]);
    for (const host of [0, 1]) {
      const share = hosts.filter((name) => server.baseUrl(host).includes(name ?? "none"));
      expect(share.length).toBeGreaterThanOrEqual(2);
    }
    expect(Math.max(...log.map(({ atOnce }) => atOnce))).toBe(4);
  });

  it("stand in for one that is gone", async () => {
    const vectors = await server.expected();
    const baseUrls = ["http://127.0.0.1:9/v1", server.baseUrl()];
    expect((await (await server.encoder({ baseUrls, batchSize: 1 })).encode(TEXTS, "document")).vectors).toEqual(
      vectors,
    );
  });
});

describe("identity, key and usage", () => {
  const key = "sk-very-secret";
  const secret = (name: string) => (name === "SPIKEBENCH_TEST_KEY" ? `${key}\n` : undefined);

  it("sends the key and nothing of it anywhere else", async () => {
    const encoder = await server.encoder({ apiKeyEnv: "SPIKEBENCH_TEST_KEY" }, { secret });
    await encoder.encode(["rain"], "document");
    expect((await server.log())[0]?.headers["authorization"]).toBe(`Bearer ${key}`);
    expect(canonicalJson(encoder.identity)).not.toMatch(/secret|SPIKEBENCH_TEST_KEY/);
    for (const status of [400, 401, 404, 500]) {
      await server.behave({ status, message: `bad key ${key}` });
      const error = await failureOf(await server.encoder({ apiKeyEnv: "SPIKEBENCH_TEST_KEY", retries: 0 }, { secret }));
      expect(JSON.stringify([error.message, error.stack, String(error.cause)])).not.toContain(key);
    }
  });

  it("sends no key unless told, whatever the environment has", async () => {
    vi.stubEnv("OPENAI_API_KEY", key);
    vi.stubEnv("OPENAI_CUSTOM_HEADERS", "x-secret: 1");
    vi.stubEnv("OPENAI_ORG_ID", "org");
    await (await server.encoder()).encode(["rain"], "document");
    vi.unstubAllEnvs();
    const [request] = await server.log();
    expect(request?.headers).not.toHaveProperty("authorization");
    expect(Object.keys(request?.headers ?? {}).filter((name) => /^x-|^openai/.test(name))).toEqual([]);
  });

  it("says which variable is missing", async () => {
    expect(await failureOf(await server.encoder({ apiKeyEnv: "ABSENT" }, { secret }))).toMatchObject({ code: "USAGE" });
  });

  it("does not depend on where the servers are and how they are asked, but on all that changes a vector", async () => {
    const identity = async (options: object) => {
      const { identity: own, forms } = await server.encoder(options);
      return canonicalJson([own, forms.query, forms.document, forms.scenario]);
    };
    const same = [
      { baseUrls: ["https://elsewhere.example/v1"] },
      { batchSize: 7, maxBatchTokens: 9, concurrency: 2, retries: 1, timeoutSeconds: 3 },
      { apiKeyEnv: "SOME" },
      { servedModel: "words" },
    ];
    for (const options of same) expect(await identity(options)).toBe(await identity({}));
    const different = [
      { model: "other" },
      { revision: "abc" },
      { servedModel: "*" },
      { dimensions: 8 },
      { sendDimensions: true },
      { instructions: { query: "query: {text}" } },
      { tooLong: "truncate" },
      { tooLong: "truncate", maxTokens: 512 },
    ];
    expect(new Set(await Promise.all([{}, ...different].map(identity))).size).toBe(different.length + 1);
  });

  it("puts a text into the template of its role as it stands", async () => {
    const instructions = { query: "Instruct: find\nQuery: {text}", scenario: "need: {text}" };
    const encoder = await server.encoder({ instructions });
    for (const role of ["query", "document", "scenario"] as const) await encoder.encode(["$& {text} $1"], role);
    expect((await server.log()).map(({ input }) => input[0])).toEqual([
      "Instruct: find\nQuery: $& {text} $1",
      "$& {text} $1",
      "need: $& {text} $1",
    ]);
  });

  it("counts requests, texts and tokens, and shows no price that it does not know", async () => {
    await server.behave({}, {}, { noUsage: true });
    const encoder = await server.encoder({ batchSize: 2 });
    await encoder.encode(["rain", "", "wind"], "document");
    const counts = { requests: 1, texts: 2, tokens: 8, unmetered: 0, truncated: 0, usd: undefined };
    expect(encoder.usage?.()).toEqual(counts);
    await encoder.encode(["snow"], "query");
    expect(encoder.usage?.()).toEqual({ ...counts, requests: 2, texts: 3, unmetered: 1 });
  });

  it.each([
    { baseUrls: [] },
    { baseUrls: ["localhost:8000/v1"] },
    { baseUrls: ["http://user:sk-secret@host/v1"] },
    { apiKeyEnv: "sk-secret" },
    { instructions: { query: "no place" } },
    { dimensions: undefined },
    { normalize: false },
  ])("refuses options that make no sense, and does not repeat a secret: %j", (options) => {
    const fragment = { kind: "openai", model: "m", baseUrls: ["http://h/v1"], dimensions: 4, ...options };
    const create = () => createEncoder(fragment, { folder: "." });
    expect(create).toThrow(expect.objectContaining({ code: "SPEC_INVALID" }));
    expect(create).not.toThrow(/sk-secret/);
  });
});
