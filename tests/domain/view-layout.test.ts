import { describe, expect, it } from "vitest";
import { layOutViews, sliceLayout, sliceTies } from "../../harness/domain/view-layout.ts";

/** Four documents with 2, 0, 1 and 2 scenarios. */
const LAYOUT = layOutViews({
  ties: Int32Array.from([3, 1, 0, 2]),
  offsets: Int32Array.from([0, 2, 2, 3, 5]),
  noise: Uint8Array.from([0, 1, 0, 0, 1]),
});

describe("sliceTies", () => {
  it("keeps the order, from 0 on", () => {
    expect([...sliceTies(LAYOUT.ties, { first: 0, end: 2 })]).toEqual([1, 0]);
    expect([...sliceTies(LAYOUT.ties, { first: 1, end: 4 })]).toEqual([1, 0, 2]);
    expect([...sliceTies(LAYOUT.ties, { first: 2, end: 2 })]).toEqual([]);
  });
});

describe("sliceLayout", () => {
  it("of everything is the whole", () => {
    expect(sliceLayout(LAYOUT, { first: 0, end: 4 })).toEqual(LAYOUT);
  });

  it("holds the scenarios of its documents, in the order of the whole", () => {
    const slice = sliceLayout(LAYOUT, { first: 1, end: 4 });
    expect([...slice.offsets]).toEqual([0, 0, 1, 3]);
    expect([...slice.noise]).toEqual([0, 0, 1]);
    expect([...slice.owners]).toEqual([1, 2, 2]);
    const whole = [2, 3, 4].map((row) => LAYOUT.scenarioTies[row] ?? 0);
    expect([...slice.scenarioTies]).toEqual(whole.map((rank) => whole.filter((other) => other < rank).length));
  });

  it("may be of documents without any scenario", () => {
    expect([...sliceLayout(LAYOUT, { first: 1, end: 2 }).offsets]).toEqual([0, 0]);
  });
});
