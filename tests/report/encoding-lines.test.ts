import { describe, expect, it } from "vitest";
import { encodingLines, usdText } from "../../harness/report/encoding-lines.ts";

const local = { retriever: "local", texts: 1_200, tokens: 35_000, seconds: 61.24, served: null };
const served = { requests: 3, tokens: 1_234, unmetered: 0, usd: 0.5 };

describe("encodingLines", () => {
  it("says what each retriever encoded, in how long", () => {
    expect(encodingLines([local])).toEqual(["local: 1,200 texts encoded, about 35,000 tokens, in 61.2 s."]);
  });

  it("says what servers were asked, and what it cost", () => {
    expect(encodingLines([{ ...local, retriever: "paid", texts: 1, tokens: 1, served }])).toEqual([
      "paid: 1 text encoded, about 1 token, in 61.2 s; 3 requests, 1,234 tokens counted by the server, USD 0.5000.",
    ]);
    const unmetered = { ...served, unmetered: 2, usd: null };
    expect(encodingLines([{ ...local, served: unmetered }])[0]).toMatch(
      /server \(2 answers without a count\), USD n\/a/,
    );
  });

  it("is silent of those that did nothing, but not of requests in vain", () => {
    const nothing = { ...local, texts: 0, tokens: 0 };
    const idle = { ...nothing, served: { requests: 0, tokens: 0, unmetered: 0, usd: 0 } };
    expect(encodingLines([nothing, idle])).toEqual([]);
    expect(encodingLines([{ ...nothing, served }])).toHaveLength(1);
  });
});

describe("usdText", () => {
  it.each([
    [null, "USD n/a"],
    [0, "USD 0.0000"],
    [0.00002, "USD < 0.0001"],
    [12.34567, "USD 12.3457"],
  ])("writes %d as %s", (usd, text) => expect(usdText(usd)).toBe(text));
});
