import { describe, expect, it } from "vitest";
import { listQueries, signed, splitScore } from "../../../harness/report/page/client/query-filter.js";
import type { QueryData } from "../../../harness/report/page/query-data.ts";

const ranking = (...values: readonly number[]) => ({ values, hits: [], goldRanks: [] });
const query = (id: string, text: string, differences: readonly (number | null)[]) => ({
  ...{ id, text, words: text.split(" ").length, gold: [], relevant: 1 },
  answers: differences.map((difference) => ({
    base: ranking(0.5),
    spike: difference === null ? null : ranking(0.5 + difference),
    alpha: difference === null ? null : 0.5,
  })),
});
const DATA: QueryData = {
  measures: ["nDCG@10"],
  systems: [],
  queries: [
    query("q1", "why do prices rise", [0.1, null]),
    query("q2", "salt", [-0.2, 0.3]),
    query("q3", "why do threads wait for a lock", [0, 0]),
    query("q4", "Salt and water", [0.1, 1e-12]),
  ],
  documents: [],
  scenarios: [],
};
const ALL = {
  system: 0,
  measure: 0,
  outcome: "all",
  order: "file",
  least: 0,
  most: Number.POSITIVE_INFINITY,
  text: "",
};
const ids = (filter: Partial<typeof ALL>) => listQueries(DATA, { ...ALL, ...filter }).map((one) => one.query.id);

describe("listQueries", () => {
  it.each([
    [{}, ["q1", "q2", "q3", "q4"]],
    [{ order: "gain" }, ["q1", "q4", "q3", "q2"]],
    [{ order: "loss" }, ["q2", "q3", "q1", "q4"]],
    [{ order: "length" }, ["q3", "q1", "q4", "q2"]],
    [{ outcome: "win" }, ["q1", "q4"]],
    [{ outcome: "loss" }, ["q2"]],
    [{ outcome: "tie" }, ["q3"]],
    // without a ranking of SPIKE there is no outcome; a difference of a rounding error is a tie
    [{ outcome: "tie", system: 1 }, ["q3", "q4"]],
    [{ least: 2, most: 4 }, ["q1", "q4"]],
    [{ text: " SALT " }, ["q2", "q4"]],
    [{ text: "Q3" }, ["q3"]],
    [{ text: "why do", outcome: "win" }, ["q1"]],
    [{ text: "(" }, []],
  ])("lets through what %o asks for, in its order", (filter, expected) => expect(ids(filter)).toEqual(expected));
});

describe("splitScore", () => {
  it("parts a weighted sum into what each channel adds", () => {
    expect(splitScore([0, 0.25 * 0.8 + 0.75 * 0.4, 0.8, 0.4, 7], 0.25)).toEqual({
      document: 0.25 * 0.8,
      scenario: 0.75 * 0.4,
    });
  });

  it("says nothing of a score that is no such sum, or of a hit without scenario or channels", () => {
    expect(splitScore([0, 0.9, 0.8, 0.4, 7], 0.5)).toBeNull();
    expect(splitScore([0, 0.8, 0.8, null, -1], 0.5)).toBeNull();
    expect(splitScore([0, 0.8], 0.5)).toBeNull();
  });
});

describe("signed", () => {
  it.each([
    [0.25, "+0.2500"],
    [-0.25, "-0.2500"],
    [-0.00001, "0.0000"],
    [0, "0.0000"],
  ])("writes %d as %s", (value, text) => expect(signed(value)).toBe(text));
});
