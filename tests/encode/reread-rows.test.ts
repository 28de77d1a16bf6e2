import { describe, expect, it } from "vitest";
import { rereadRows } from "../../harness/encode/reread-rows.ts";
import { fc } from "../seeded-fast-check.ts";

const ROW_BYTES = 2 * 8;

/** A file of `count` rows [r, r / 2] in blocks of three that counts how often it is read from the start. */
function countingFile(count: number) {
  const file = {
    passes: 0,
    closed: 0,
    dim: 2,
    async *blocks() {
      file.passes += 1;
      for (let first = 0; first < count; first += 3) {
        const rows = Array.from({ length: Math.min(3, count - first) }, (_, index) => first + index);
        yield await Promise.resolve({ ids: undefined, values: Float64Array.from(rows.flatMap(valuesOf)) });
      }
      file.closed += 1;
    },
  };
  return file;
}

function valuesOf(row: number): readonly number[] {
  return [row, row / 2];
}

describe("rereadRows", () => {
  it("takes one pass for rows in the file's order, in whatever portions, and keeps nothing for it", async () => {
    const file = countingFile(10);
    const read = rereadRows(file, 0);
    for (const rows of [[0], [1, 2, 3, 4], [5, 6], [], [7, 8, 9]]) {
      expect([...(await read(rows))]).toEqual(rows.flatMap(valuesOf));
    }
    expect(file).toMatchObject({ passes: 1, closed: 1 });
  });

  it("takes one pass for rows in any order when they fit into what is kept", async () => {
    const file = countingFile(10);
    const read = rereadRows(file, 10 * ROW_BYTES);
    for (const rows of [[9, 0], [4, 3], [8], [1, 2], [7, 6, 5]]) {
      expect([...(await read(rows))]).toEqual(rows.flatMap(valuesOf));
    }
    expect(file.passes).toBe(1);
  });

  it("gives the rows asked for, whatever the order, repeats and room", async () => {
    const rows = fc.array(fc.integer({ min: 0, max: 13 }), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(fc.array(rows, { maxLength: 6 }), fc.integer({ min: 0, max: 20 }), async (portions, room) => {
        const read = rereadRows(countingFile(14), room * ROW_BYTES);
        const found = await Promise.all(portions.map(read));
        expect(found.map((values) => [...values])).toEqual(portions.map((portion) => portion.flatMap(valuesOf)));
      }),
    );
  });

  it("fails for a row that the file has not, and still reads others", async () => {
    const read = rereadRows(countingFile(4));
    await expect(read([1, 4])).rejects.toThrow("row 4");
    expect([...(await read([3, 0]))]).toEqual([3, 1.5, 0, 0]);
  });
});
