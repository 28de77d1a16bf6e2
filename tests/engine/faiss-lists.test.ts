import { describe, expect, it } from "vitest";
import { topRows } from "../../harness/domain/top-rows.ts";
import type { FaissIndex } from "../../harness/engine/faiss-index.ts";
import { searchLists } from "../../harness/engine/faiss-lists.ts";
import { fc } from "../seeded-fast-check.ts";

/** Scores of rows by query, and an index that finds them as FAISS does: which of equal scores come first is left open. */
function indexOf(scores: readonly (readonly number[])[], { isExact = true, missing = 0 } = {}) {
  const asked: number[] = [];
  const count = scores[0]?.length ?? 0;
  const index: FaissIndex = {
    count,
    isExact,
    search(_, k) {
      asked.push(k);
      const found = scores.map((row) => {
        const order = [...row.keys()].sort((a, b) => (row[b] ?? 0) - (row[a] ?? 0) || b - a).slice(0, count - missing);
        return Array.from({ length: k }, (__, position) => order[position] ?? -1);
      });
      return Promise.resolve({
        rows: Int32Array.from(found.flat()),
        scores: Float32Array.from(found.flatMap((rows, query) => rows.map((row) => scores[query]?.[row] ?? -Infinity))),
      });
    },
    close: () => Promise.resolve(),
  };
  return { index, asked };
}

const NO_QUERIES = new Float32Array(0);
const NONE: ReadonlySet<number> = new Set();

function ascending(count: number): Int32Array {
  return Int32Array.from({ length: count }, (_, row) => row);
}

describe("searchLists", () => {
  it("orders rows by score, then by tie rank, and cuts each list where it should end", async () => {
    const { index } = indexOf([[1, 3, 2, 3]]);
    const ties = Int32Array.from([3, 2, 1, 0]);
    const wanted = [[2, 3, 9].map((depth) => ({ depth, dropped: NONE }))];
    const [lists] = await searchLists({ index, rows: undefined, ties }, NO_QUERIES, wanted);
    expect(lists?.map(({ rows }) => [...rows])).toEqual([
      [3, 1],
      [3, 1, 2],
      [3, 1, 2, 0],
    ]);
    expect(lists?.[2] && [...lists[2].scores]).toEqual([3, 3, 2, 1]);
  });

  it("asks for more as long as rows that tie with the last one may be missing, and no longer", async () => {
    // 40 rows tie for 5 places, and the index returns those with the highest numbers first, which rank last
    const { index, asked } = indexOf([Array.from({ length: 100 }, (_, row) => (row < 40 ? 1 : 0))]);
    const wanted = [[{ depth: 5, dropped: NONE }]];
    const [lists] = await searchLists({ index, rows: undefined, ties: ascending(100) }, NO_QUERIES, wanted);
    expect(lists?.[0] && [...lists[0].rows]).toEqual([0, 1, 2, 3, 4]);
    expect(asked).toEqual([21, 42]); // 5 and 16 to spare, then twice as many: past the 40
  });

  it("asks for as many more rows as are dropped", async () => {
    const { index, asked } = indexOf([Array.from({ length: 100 }, (_, row) => -row)]);
    const wanted = [[{ depth: 2, dropped: new Set([0, 1, 3]) }]];
    const [lists] = await searchLists({ index, rows: undefined, ties: ascending(100) }, NO_QUERIES, wanted);
    expect(lists?.[0] && [...lists[0].rows]).toEqual([2, 4]);
    expect(asked).toEqual([2 + 3 + 16]);
  });

  it("names rows, where the index holds only some of them", async () => {
    const { index } = indexOf([[1, 2]]);
    const channel = { index, rows: Int32Array.from([4, 7]), ties: ascending(8) };
    const [lists] = await searchLists(channel, NO_QUERIES, [[{ depth: 2, dropped: NONE }]]);
    expect(lists?.[0] && [...lists[0].rows]).toEqual([7, 4]);
  });

  it("returns what there is when an approximate index finds fewer", async () => {
    const { index, asked } = indexOf([Array.from(ascending(30))], {
      isExact: false,
      missing: 28,
    });
    const channel = { index, rows: undefined, ties: ascending(30) };
    const [lists] = await searchLists(channel, NO_QUERIES, [[{ depth: 10, dropped: NONE }]]);
    expect(lists?.[0] && [...lists[0].rows]).toEqual([29, 28]);
    expect(asked).toEqual([26]);
  });

  it.each([
    { name: "an exact index finds fewer than there are, as it does of products that are no numbers", missing: 1 },
    { name: "a product is infinite", missing: 0, score: Infinity },
  ])("refuses it when $name", async ({ missing, score = 1 }) => {
    const { index } = indexOf([[score, 1]], { missing });
    const channel = { index, rows: undefined, ties: ascending(2) };
    await expect(searchLists(channel, NO_QUERIES, [[{ depth: 2, dropped: NONE }]])).rejects.toThrow(
      expect.objectContaining({ code: "SCORE_INVALID" }),
    );
  });

  it("finds nothing in an index without vectors", async () => {
    const { index, asked } = indexOf([[]]);
    const channel = { index, rows: undefined, ties: ascending(0) };
    const [lists] = await searchLists(channel, NO_QUERIES, [[{ depth: 3, dropped: NONE }]]);
    expect(lists?.[0]?.rows.length).toBe(0);
    expect(asked).toEqual([]);
  });

  it("equals the definition, topRows, on any scores with many ties, any exclusions and any depths", async () => {
    const queries = fc.integer({ min: 1, max: 80 }).chain((count) =>
      fc.record({
        scores: fc.array(fc.integer({ min: 0, max: 5 }), { minLength: count, maxLength: count }),
        ranks: fc.shuffledSubarray([...ascending(count)], { minLength: count, maxLength: count }),
        dropped: fc.uniqueArray(fc.integer({ min: 0, max: count - 1 })),
        depth: fc.integer({ min: 1, max: 90 }),
      }),
    );
    await fc.assert(
      fc.asyncProperty(queries, async ({ scores, ranks, dropped, depth }) => {
        const ties = Int32Array.from(ranks);
        const channel = { index: indexOf([scores]).index, rows: undefined, ties };
        const wanted = [[{ depth, dropped: new Set(dropped) }]];
        const [lists] = await searchLists(channel, NO_QUERIES, wanted);
        const candidates = ascending(scores.length).filter((row) => !dropped.includes(row));
        expect(lists?.[0]?.rows).toEqual(topRows(Float64Array.from(scores), candidates, ties, depth));
      }),
    );
  });
});
