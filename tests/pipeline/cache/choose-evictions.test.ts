import { describe, expect, it } from "vitest";
import { chooseEvictions, type Evictable } from "../../../harness/pipeline/cache/choose-evictions.ts";
import { fc } from "../../seeded-fast-check.ts";

const FILES: readonly Evictable[] = [
  { path: "c", bytes: 30, lastUsed: 3 },
  { path: "b", bytes: 20, lastUsed: 1 },
  { path: "a", bytes: 10, lastUsed: 1 },
  { path: "d", bytes: 40, lastUsed: 2 },
];

const chosen = (rules: Parameters<typeof chooseEvictions<Evictable>>[1]) =>
  chooseEvictions(FILES, rules)
    .map(({ path }) => path)
    .join("");

describe("chooseEvictions", () => {
  it("takes the least recently used first, equal times by path, and no more than it takes", () => {
    expect(chosen({ maxBytes: 30 + 20 + 10 + 40 })).toBe("");
    expect(chosen({ maxBytes: 30 + 20 + 40 })).toBe("a");
    expect(chosen({ maxBytes: 30 + 20 + 40 - 1 })).toBe("ab");
    expect(chosen({ maxBytes: 30 })).toBe("abd");
    expect(chosen({ maxBytes: 0 })).toBe("abdc");
  });

  it("takes all that may go where no size is asked for, and only what may go", () => {
    expect(chosen({})).toBe("abdc");
    expect(chosen({ mayGo: ({ lastUsed }) => lastUsed < 3 })).toBe("abd");
    expect(chosen({ mayGo: ({ path }) => path === "c", maxBytes: 0 })).toBe("c");
    expect(chosen({ mayGo: ({ path }) => path === "c", maxBytes: 30 + 20 + 10 + 40 })).toBe("");
  });

  it("leaves what fits, keeps the more recently used, and would not do with one file less", () => {
    const file = fc.record({ bytes: fc.nat(100), lastUsed: fc.nat(5), free: fc.boolean() });
    fc.assert(
      fc.property(fc.array(file, { maxLength: 12 }), fc.nat(600), (raw, maxBytes) => {
        const files = raw.map((one, row) => ({ ...one, path: `${row}` }));
        const evicted = chooseEvictions(files, { maxBytes, mayGo: ({ free }) => free });
        const kept = files.filter((one) => !evicted.includes(one));
        const sum = (some: readonly Evictable[]) => some.reduce((bytes, one) => bytes + one.bytes, 0);
        const candidates = kept.filter(({ free }) => free);
        if (candidates.length > 0) expect(sum(kept)).toBeLessThanOrEqual(maxBytes);
        if (evicted.length > 0) expect(sum(files) - sum(evicted.slice(0, -1))).toBeGreaterThan(maxBytes);
        const newest = Math.max(...evicted.map(({ lastUsed }) => lastUsed));
        for (const { lastUsed } of candidates) expect(lastUsed).toBeGreaterThanOrEqual(newest);
        expect(evicted.every(({ free }) => free)).toBe(true);
      }),
    );
  });
});
