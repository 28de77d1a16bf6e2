import { describe, expect, it } from "vitest";
import { createKeySketch } from "../../harness/encode/key-sketch.ts";
import { hashBytes } from "../../harness/storage/content-hash.ts";

const keyOf = (number: number) => Buffer.from(hashBytes(String(number)), "hex");

describe("createKeySketch", () => {
  it("names every shard that holds a key, and none for a key that no shard holds", () => {
    const sketch = createKeySketch();
    const keys = Array.from({ length: 30_000 }, (_, number) => keyOf(number));
    for (const [number, key] of keys.entries()) {
      sketch.add(key, 0, number % 100);
      if (number % 3 === 0) sketch.add(key, 0, 2 ** 20 - 2);
      sketch.add(key, 0, number % 100);
    }
    for (const [number, key] of keys.entries()) {
      const expected = number % 3 === 0 ? [number % 100, 2 ** 20 - 2] : [number % 100];
      expect(sketch.shardsOf(key).toSorted((a, b) => a - b)).toEqual(expected);
    }
    for (let number = 30_000; number < 31_000; number++) expect(sketch.shardsOf(keyOf(number))).toEqual([]);
  });

  it("names shards that hold an alike key too, as most of its bytes are not looked at", () => {
    const sketch = createKeySketch();
    const key = keyOf(1);
    const alike = Buffer.from(key).fill(0, 10);
    sketch.add(key, 0, 7);
    sketch.add(alike, 0, 8);
    expect(sketch.shardsOf(key)).toEqual([7, 8]);
  });

  it("reads a key within others", () => {
    const sketch = createKeySketch();
    const both = Buffer.concat([keyOf(1), keyOf(2)]);
    sketch.add(both, 32, 3);
    expect(sketch.shardsOf(keyOf(2))).toEqual([3]);
    expect(sketch.shardsOf(keyOf(1))).toEqual([]);
  });
});
