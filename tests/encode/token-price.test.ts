import { describe, expect, it } from "vitest";
import { priceOf, type TokenPrice, tokenPrices } from "../../harness/encode/token-price.ts";

const price = (host: string, date: string, usdPerMillionTokens: number): TokenPrice => ({
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

describe("tokenPrices", () => {
  it("reads the shipped table", () => {
    for (const { source, date } of tokenPrices()) expect([source, date]).not.toContain("");
  });
});
