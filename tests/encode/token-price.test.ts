import { describe, expect, it } from "vitest";
import { costOf, type ListedPrice, priceOf, tokenPrices } from "../../harness/encode/token-price.ts";

const price = (host: string, date: string, usdPerMillionTokens: number): ListedPrice => ({
  host,
  model: "words",
  usdPerMillionTokens,
  source: "made up for this test",
  date,
});
const TABLE = [
  price("a.example", "2026-01-01", 2),
  price("a.example", "2026-03-01", 1),
  price("b.example", "2026-02-01", 1),
];

describe("priceOf", () => {
  it.each([
    { why: "takes the latest", hosts: ["a.example"], usd: 1 },
    { why: "takes one that all servers share", hosts: ["a.example", "b.example"], usd: 1 },
    { why: "knows none for an unknown server", hosts: ["c.example"], usd: undefined },
    { why: "knows none when one server has none", hosts: ["a.example", "c.example"], usd: undefined },
  ])("$why", ({ hosts, usd }) => {
    const baseUrls = hosts.map((host) => `https://${host}/v1`);
    expect(priceOf(TABLE, { model: "words", baseUrls })?.usdPerMillionTokens).toBe(usd);
  });
});

describe("costOf", () => {
  it("is for a million tokens what the price says, and unknown without one", () => {
    const two = price("a.example", "2026-01-01", 2);
    expect(costOf(1_000_000, two)).toBe(2);
    expect(costOf(1_500, two)).toBeCloseTo((1_500 / 1_000_000) * 2, 15);
    expect(costOf(1_500, undefined)).toBeUndefined();
  });
});

describe("tokenPrices", () => {
  it.each([
    { model: "text-embedding-3-small", perThousand: 0.00002, date: "2024-01-25" },
    { model: "text-embedding-3-large", perThousand: 0.00013, date: "2026-11-25" },
    { model: "text-embedding-ada-002", perThousand: 0.0001, date: "2024-01-25" },
  ])("has $model at what its source says for a thousand tokens", ({ model, perThousand, date }) => {
    const listed = priceOf(tokenPrices(), { model, baseUrls: ["https://api.openai.com/v1"] });
    expect(listed?.usdPerMillionTokens).toBeCloseTo(perThousand * 1_000, 12);
    expect(listed).toMatchObject({ source: expect.stringMatching(/^https:..(developers\.)?openai\.com/), date });
  });
});
