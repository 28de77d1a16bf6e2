import { describe, expect, it } from "vitest";
import { sliceViews, type View } from "../../harness/domain/view.ts";

const VIEWS: readonly View[] = ["a", "b", "c", "d"].map((id) => ({ id, title: "", text: id }));
const whole = { contentHash: "hash", count: VIEWS.length, views: () => VIEWS };

async function idsOf(range: { readonly first: number; readonly end: number }): Promise<readonly string[]> {
  const ids: string[] = [];
  for await (const { id } of sliceViews(whole, range).views()) ids.push(id);
  return ids;
}

describe("sliceViews", () => {
  it.each([
    { first: 0, end: 4, ids: ["a", "b", "c", "d"] },
    { first: 1, end: 3, ids: ["b", "c"] },
    { first: 3, end: 4, ids: ["d"] },
    { first: 2, end: 2, ids: [] },
  ])("from $first to $end has $ids", async ({ first, end, ids }) => {
    expect(await idsOf({ first, end })).toEqual(ids);
    expect(sliceViews(whole, { first, end }).count).toBe(ids.length);
  });

  it("is another collection than the whole", () => {
    expect(sliceViews(whole, { first: 0, end: 2 }).contentHash).not.toBe(
      sliceViews(whole, { first: 2, end: 4 }).contentHash,
    );
  });
});
