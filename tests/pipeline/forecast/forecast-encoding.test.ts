import { describe, expect, it } from "vitest";
import { forecastEncoding, totalEncoding } from "../../../harness/pipeline/forecast/forecast-encoding.ts";

const WORK = { toEncode: 30, tokens: 6_000 };
const throughput = { textsPerSecond: 2, tokensPerSecond: 50 };
const price = { usdPerMillionTokens: 0.13, source: "made up for this test", date: "2026-01-01" };

describe("forecastEncoding", () => {
  it("divides tokens by their speed and multiplies them by their price", () => {
    expect(forecastEncoding(WORK, { throughput, price })).toEqual({
      ...WORK,
      minutes: 6_000 / 50 / 60,
      usd: (6_000 * 0.13) / 1e6,
    });
  });

  it("goes by texts where no tokens are read", () => {
    const noTokens = { throughput: { ...throughput, tokensPerSecond: 0 }, price: null };
    expect(forecastEncoding({ toEncode: 30, tokens: 0 }, noTokens).minutes).toBe(30 / 2 / 60);
  });

  it("does not guess what it does not know", () => {
    expect(forecastEncoding(WORK, { throughput: null, price: null })).toEqual({ ...WORK, minutes: null, usd: null });
  });

  it("needs no speed for no work", () => {
    const none = { toEncode: 0, tokens: 0 };
    expect(forecastEncoding(none, { throughput: null, price })).toEqual({ ...none, minutes: 0, usd: 0 });
  });
});

describe("totalEncoding", () => {
  const group = (retriever: string, toEncode: number, minutes: number | null, usd: number | null) => ({
    ...{ retriever, dataset: "demo" },
    encoding: { toEncode, tokens: 10 * toEncode, minutes, usd },
  });
  const lexical = { retriever: "bm25", dataset: "demo", encoding: null };
  const encoders = [
    { retriever: "served", dataset: "demo", served: true },
    { retriever: "local", dataset: "demo", served: false },
  ];

  it("is nothing without vectors", () => {
    expect(totalEncoding([lexical], encoders)).toBeNull();
  });

  it("sums what is known and counts the groups of which it is not", () => {
    const groups = [
      ...[group("served", 3, 1, null), lexical, group("served", 4, null, 0.5)],
      ...[group("served", 5, 2, 0.25), group("served", 0, 0, null)],
    ];
    expect(totalEncoding(groups, encoders)).toEqual({
      ...{ toEncode: 3 + 4 + 5, tokens: 30 + 40 + 50 },
      ...{ minutes: 1 + 2, usd: 0.5 + 0.25, withoutMinutes: 1, withoutUsd: 1 },
    });
  });

  it("misses no price of what works here", () => {
    const groups = [group("served", 3, 1, 0.5), group("local", 4, null, null)];
    expect(totalEncoding(groups, encoders)).toMatchObject({ usd: 0.5, withoutMinutes: 1, withoutUsd: 0 });
  });

  it("knows nothing when no group with work does, finished ones aside", () => {
    const unknown = { minutes: null, usd: null, withoutMinutes: 1, withoutUsd: 1 };
    expect(totalEncoding([group("served", 3, null, null), group("served", 0, 0, 0)], encoders)).toMatchObject(unknown);
    const done = { minutes: 0, usd: 0, withoutMinutes: 0, withoutUsd: 0 };
    expect(totalEncoding([group("served", 0, 0, 0)], encoders)).toMatchObject(done);
  });
});
