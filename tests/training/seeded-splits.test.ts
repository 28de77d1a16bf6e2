import { describe, expect, it } from "vitest";
import { seededOrder, splitIds } from "../../harness/training/seeded-splits.ts";
import { fc } from "../seeded-fast-check.ts";

const ids = fc.uniqueArray(fc.string({ minLength: 1 }), { maxLength: 40 });

function idsOf(split: string, splits: ReadonlyMap<string, string>): readonly string[] {
  return [...splits].filter(([, of]) => of === split).map(([id]) => id);
}

describe("seededOrder", () => {
  it("depends on the ids and not on the order in which they come", () => {
    fc.assert(
      fc.property(ids, fc.nat(), (some, seed) => {
        expect(seededOrder(some.toReversed(), seed, "p")).toEqual(seededOrder(some, seed, "p"));
        expect(seededOrder(some, seed, "p").toSorted()).toEqual(some.toSorted());
      }),
    );
  });

  it("keeps the order of the others when an id comes or goes", () => {
    fc.assert(
      fc.property(ids, fc.string({ minLength: 1 }), (some, id) => {
        const others = some.filter((other) => other !== id);
        const order = seededOrder([...others, id], 7, "p").filter((other) => other !== id);
        expect(order).toEqual(seededOrder(others, 7, "p"));
      }),
    );
  });

  it("is another one for another seed or purpose", () => {
    const some = Array.from({ length: 30 }, (_, index) => `d${index}`);
    const one = seededOrder(some, 1, "p");
    expect(seededOrder(some, 2, "p")).not.toEqual(one);
    expect(seededOrder(some, 1, "q")).not.toEqual(one);
  });
});

describe("splitIds", () => {
  const ten = Array.from({ length: 10 }, (_, index) => `d${index}`);

  it.each([
    { rule: { validation: 0.25 }, train: 10 - 3, validation: 3 }, // 2.5 is rounded up
    { rule: { validation: 0 }, train: 10, validation: 0 },
    { rule: { validation: 4 }, train: 6, validation: 4 },
    { rule: { validation: 40 }, train: 1, validation: 9 },
    { rule: { validation: 0.999 }, train: 1, validation: 9 },
    { rule: { validation: 2, train: 5 }, train: 5, validation: 2 },
    { rule: { validation: 2, train: 50 }, train: 8, validation: 2 },
  ])("deals ten ids by $rule", ({ rule, train, validation }) => {
    const splits = splitIds(ten, { seed: 3, ...rule });
    expect(idsOf("train", splits)).toHaveLength(train);
    expect(idsOf("validation", splits)).toHaveLength(validation);
  });

  it("gives a larger train split what a smaller one has", () => {
    const small = idsOf("train", splitIds(ten, { seed: 3, validation: 2, train: 3 }));
    expect(idsOf("train", splitIds(ten, { seed: 3, validation: 2, train: 6 }))).toEqual(
      expect.arrayContaining([...small]),
    );
  });

  it("deals nothing out of nothing", () => expect(splitIds([], { seed: 1, validation: 0.1 }).size).toBe(0));
});
