import { describe, expect, it } from "vitest";
import { datasetWeights } from "../../harness/domain/dataset-weights.ts";
import { fc } from "../seeded-fast-check.ts";

describe("datasetWeights", () => {
  const inner = { name: "inner", members: ["b", "c"] };

  it("weighs members the same, an inner group as one of them", () => {
    const weights = datasetWeights({ members: ["a", "inner"] }, [inner]);
    expect([...weights]).toEqual([
      ["a", 1 / 2],
      ["b", 1 / 2 / 2],
      ["c", 1 / 2 / 2],
    ]);
  });

  it("adds the weights of a dataset that stands alone and in a group", () => {
    expect(datasetWeights({ members: ["b", "inner"] }, [inner]).get("b")).toBe(1 / 2 + 1 / 2 / 2);
  });

  it("sums to 1", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string(), { minLength: 1, maxLength: 20 }), (members) => {
        const sum = [...datasetWeights({ members }, []).values()].reduce((total, weight) => total + weight, 0);
        expect(sum).toBeCloseTo(1, 12);
      }),
    );
  });
});
