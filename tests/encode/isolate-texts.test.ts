import { createHash } from "node:crypto";
import { beforeEach, describe, expect, it } from "vitest";
import { RefusedTexts } from "../../harness/encode/refused-texts.ts";
import { openEmbeddingCache } from "../../harness/encode/shard-cache.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { stream } from "./collection.ts";
import { failureOf, openaiStandIn, TEXTS } from "./openai-stand-in.ts";
import { missingTexts, rowsOf } from "./stored-vectors.ts";

const server = openaiStandIn();
const folder = temporaryFolder();

beforeEach(() => server.behave({}));

describe("a poisoned text", () => {
  const bad = "dogs bark";

  it.each([
    { how: "400", rule: { poison: bad } },
    { how: "500", rule: { poison: bad, poisonStatus: 500 } },
    { how: "a vector that is not finite", rule: { nan: bad } },
    { how: "numbers that are not numbers", rule: { nan: bad, floats: true } },
    { how: "a zero vector", rule: { zero: bad } },
  ])("($how) is found by halving; the others get their vectors", async ({ rule }) => {
    const vectors = await server.expected();
    await server.behave(rule);
    const error = await failureOf(await server.encoder({ retries: 1 }));
    if (!(error instanceof RefusedTexts)) throw error;
    expect(error.refused).toMatchObject([{ position: 3, text: bad }]);
    expect(error.encoded.vectors).toEqual(vectors.fill(0, 3 * 16, 4 * 16));
  });

  it("is named by position and hash after all others were encoded and stored", async () => {
    await server.behave({ poison: "bad" });
    const texts = TEXTS.flatMap((text, position) => [text, `bad ${position}`]);
    const encoder = await server.encoder({ batchSize: 4, concurrency: 2 });
    const cache = openEmbeddingCache({ folder: folder.path("poisoned") });
    const embed = cache.embed({ encoder, role: "document", count: 12, texts: stream(texts) });
    const error = await embed.catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "DATA_INVALID", message: expect.stringContaining("6 texts") });
    const hash = createHash("sha256").update("bad 0").digest("hex").slice(0, 16);
    expect(error).toHaveProperty("message", expect.stringContaining(`text 2 (sha256 ${hash})`));
    const missing = await missingTexts(cache, { encoder, role: "document", texts: stream(texts) });
    expect(missing).toEqual(texts.filter((text) => text.startsWith("bad")));
    await server.behave({});
    const mended = await cache.embed({ encoder, role: "document", count: 12, texts: stream(texts) });
    expect(mended.encoded).toBe(6);
    expect(rowsOf(mended.vectors)).toEqual(await server.expected(texts));
  });
});

describe("requests that are too long", () => {
  it("are kept within `batchSize` and `maxBatchTokens`", async () => {
    const texts = ["x".repeat(40), "y".repeat(40), "z".repeat(4), "short", "w".repeat(400)];
    await (await server.encoder({ batchSize: 3, maxBatchTokens: 20, concurrency: 1 })).encode(texts, "document");
    const lengths = (await server.log()).map(({ input }) => input.map((text) => text.length));
    expect(lengths).toEqual([[40, 40], [4, 5], [400]]);
  });

  it("count the instruction with every text", async () => {
    const instructions = { document: `${"i".repeat(40)}{text}` };
    await (await server.encoder({ maxBatchTokens: 20, instructions })).encode(["rain", "wind"], "document");
    expect((await server.log()).map(({ input }) => input.length)).toEqual([1, 1]);
  });

  it("are split when the server takes fewer texts, without a probe", async () => {
    const vectors = await server.expected();
    await server.behave({ maxBatch: 2 });
    expect((await (await server.encoder()).encode(TEXTS, "document")).vectors).toEqual(vectors);
    expect((await server.log()).map(({ input }) => input.length)).toEqual([6, 3, 2, 1, 3, 2, 1]);
  });

  it("by one text are reported, by the server's limit and by ours", async () => {
    await server.behave({ maxLength: 20 });
    for (const options of [{}, { maxTokens: 5 }]) {
      const error = await failureOf(await server.encoder(options), ["rain", "r".repeat(21)]);
      expect(error).toMatchObject({ refused: [{ position: 1 }] });
    }
  });

  it("by one text are truncated where that is declared; it is counted and said once", async () => {
    const said: string[] = [];
    const options = { tooLong: "truncate", maxTokens: 5, instructions: { document: "passage: {text}" } };
    const encoder = await server.encoder(options, { say: (line) => said.push(line) });
    await encoder.encode(["rain", "r".repeat(21), `${"s".repeat(10)}\u{1f600}`], "document");
    const [request] = await server.log();
    // 5 tokens of 4 characters, less the 9 of the instruction; no half of a surrogate pair
    expect(request?.input).toEqual(["passage: rain", `passage: ${"r".repeat(11)}`, `passage: ${"s".repeat(10)}`]);
    expect(encoder.usage?.().truncated).toBe(2);
    expect(said).toHaveLength(1);
  });

  it("for a server with a lower limit are shortened until it takes them", async () => {
    await server.behave({ maxLength: 20 });
    const encoder = await server.encoder({ tooLong: "truncate" });
    await encoder.encode(["rain", "r".repeat(40)], "document");
    const lengths = (await server.log()).map(({ input }) => input.map((text) => text.length));
    expect(lengths).toEqual([[4, 40], [4], [40], [30], [22], [16]]);
    expect(encoder.usage?.().truncated).toBe(1);
  });
});
