import { describe, expect, it } from "vitest";
import { meterEmbeddings } from "../../harness/encode/metered-embeddings.ts";
import { RefusedTexts } from "../../harness/encode/refused-texts.ts";
import { openEmbeddingCache } from "../../harness/encode/shard-cache.ts";
import type { Encoder } from "../../harness/encode/types.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { named, stream } from "./collection.ts";
import { countingEncoder } from "./counting-encoder.ts";
import { rowsOf } from "./stored-vectors.ts";
import { tickingClock } from "./ticking-clock.ts";

const folder = temporaryFolder();

/** Two seconds pass between any two looks at the clock. */
function openMeter(name: string) {
  return meterEmbeddings(openEmbeddingCache({ folder: folder.path(name) }), tickingClock(2_000));
}

function request(encoder: Encoder, ...texts: string[]) {
  return { encoder, role: "document" as const, count: texts.length, texts: stream(texts) };
}

describe("meterEmbeddings", () => {
  it("counts what encoders are given, not what is read from the cache", async () => {
    const { embeddings, work } = openMeter("counts");
    expect(work()).toEqual([]);
    const [first, second] = [countingEncoder("first"), countingEncoder("second")];
    // batches of three: two calls
    await embeddings.embed(request(first, "a", "b", "c", "eight ch", "a"));
    await embeddings.embed(request(first, "a", "new one."));
    await embeddings.embed(request(second, "a"));
    expect(work()).toEqual([
      { encoder: first, texts: 4 + 1, tokens: 1 + 1 + 1 + 2 + 2, seconds: (2 + 1) * 2 },
      { encoder: second, texts: 1, tokens: 1, seconds: 2 },
    ]);
  });

  it("gives the vectors that the cache gives", async () => {
    const plain = openEmbeddingCache({ folder: folder.path("plain") });
    const expected = await plain.embed(request(countingEncoder(), "a", "b"));
    const { embeddings } = openMeter("vectors");
    const found = await embeddings.embed(request(countingEncoder(), "a", "b"));
    expect(rowsOf(found.vectors)).toEqual(rowsOf(expected.vectors));
    const missing: unknown[] = [];
    const asked = { encoder: countingEncoder(), role: "query", texts: stream(["a"]) } as const;
    for await (const { text } of embeddings.missing(asked)) missing.push(text);
    expect(missing).toEqual(named(["a"]));
  });

  it("counts of a batch with refused texts the others, and of a failed one nothing", async () => {
    const encoder: Encoder = {
      ...countingEncoder(),
      async encode(texts, role) {
        if (texts.includes("fail")) throw new Error("no answer");
        const encoded = await countingEncoder().encode(texts, role);
        throw new RefusedTexts([{ position: texts.indexOf("refused"), text: "refused", why: "poisoned" }], encoded);
      },
    };
    const { embeddings, work } = openMeter("refused");
    await expect(embeddings.embed(request(encoder, "a", "refused", "b"))).rejects.toMatchObject({
      code: "DATA_INVALID",
    });
    const counted = [{ encoder, texts: 2, tokens: 2, seconds: 2 }];
    expect(work()).toEqual(counted);
    await expect(embeddings.embed(request(encoder, "fail"))).rejects.toThrow("no answer");
    expect(work()).toEqual(counted);
  });
});
