import { describe, expect, it } from "vitest";
import { openaiStandIn } from "./openai-stand-in.ts";

const server = openaiStandIn();

describe("cost and tokens", () => {
  it("tells the cost at the price of the run file, and none once an answer came without a count", async () => {
    await server.behave({}, {}, { noUsage: true });
    const encoder = await server.encoder({ usdPerMillionTokens: 500_000 });
    expect(encoder.price).toEqual({ usdPerMillionTokens: 500_000, source: "the run file", date: undefined });
    expect(encoder.usage?.().usd).toBe(0);
    await encoder.encode(["rain", "wind"], "document");
    // the stand-in counts a token a character
    expect(encoder.usage?.().usd).toBe((4 + 4) * 0.5);
    await encoder.encode(["snow"], "query");
    expect(encoder.usage?.()).toMatchObject({ tokens: 8, unmetered: 1, usd: undefined });
  });

  it("estimates tokens as batches are cut, and not beyond what is kept of a text", async () => {
    const instructions = { query: "query: {text}" };
    const estimate = async (options: object) => (await server.encoder({ instructions, ...options })).tokenEstimate;
    const plain = await estimate({ charactersPerToken: 3, maxTokens: 5 });
    expect(plain?.how).toBe("3 characters a token");
    expect(plain?.tokens("x".repeat(20), "document")).toBe(Math.ceil(20 / 3));
    expect(plain?.tokens("x".repeat(20), "query")).toBe((7 + 20) / 3);
    expect(plain?.tokens(" ", "query")).toBe(0);
    const cut = await estimate({ charactersPerToken: 3, maxTokens: 5, tooLong: "truncate" });
    expect(cut?.tokens("x".repeat(20), "document")).toBe(5);
  });
});
