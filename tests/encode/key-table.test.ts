import { describe, expect, it } from "vitest";
import { createKeyTable } from "../../harness/encode/key-table.ts";
import { hashBytes } from "../../harness/storage/content-hash.ts";
import { fc } from "../seeded-fast-check.ts";

function keyOf(name: number): Uint8Array {
  return Buffer.from(hashBytes(`${name}`), "hex");
}

/** Keys that begin alike, so that they compete for a slot. */
function crowdedKey(name: number): Uint8Array {
  return keyOf(name).fill(0, 0, 4);
}

describe("createKeyTable", () => {
  it.each([
    { how: "spread", key: keyOf },
    { how: "crowded", key: crowdedKey },
  ])("numbers $how keys in the order in which they come first, as a Map would", ({ key }) => {
    fc.assert(
      fc.property(fc.array(fc.nat(60)), (names) => {
        const table = createKeyTable();
        const expected = new Map<number, number>();
        for (const name of names) {
          expect(table.find(key(name))).toBe(expected.get(name));
          if (!expected.has(name)) expected.set(name, expected.size);
          expect(table.add(key(name))).toBe(expected.get(name));
        }
        expect(table.size).toBe(expected.size);
        for (const [name, number] of expected) expect([...table.keyOf(number)]).toEqual([...key(name)]);
      }),
    );
  });

  it("keeps every number while it grows", () => {
    const table = createKeyTable();
    const count = 40_000; // several blocks of keys, and three doublings of the slots
    for (let name = 0; name < count; name++) expect(table.add(keyOf(name))).toBe(name);
    for (let name = 0; name < count; name++) expect(table.find(keyOf(name))).toBe(name);
    expect(table.find(keyOf(count))).toBeUndefined();
  });

  it("reads keys from the middle of other bytes", () => {
    const table = createKeyTable();
    const bytes = Buffer.concat([Buffer.alloc(5), keyOf(1), keyOf(2)]);
    expect([table.add(bytes, 5), table.add(bytes, 37)]).toEqual([0, 1]);
    expect(table.find(keyOf(2))).toBe(1);
  });

  it("refuses a number that no key has", () => {
    expect(() => createKeyTable().keyOf(0)).toThrow(RangeError);
  });
});
