import { describe, expect, it } from "vitest";
import { irMetadata } from "../../harness/report/ir-metadata.ts";
import { cellOf, failedCell, smallExperiment } from "./experiment-fixture.ts";
import { testedExperiment } from "./tested-experiment.ts";

const encoder = { kind: "hashed", dimensions: 16 };
const dense = [{ retriever: "bge-small-en", encoder }];
const spike = { scenarios: "spike-gpt", fusion: "default" };

describe("irMetadata", () => {
  it("tells fusion as two retrieval steps with the weights alpha and 1 - alpha, and a third that interpolates them", () => {
    const cell = cellOf({ ...spike, alpha: 0.9 }, {});
    expect(irMetadata(cell, { result: smallExperiment(), scoring: dense })["method"]).toEqual({
      automatic: true,
      "score ties": "document id, descending",
      retrieval: [
        { name: "bge-small-en, documents", method: "bge-small-en", encoder, weight: 0.9 },
        { name: "bge-small-en, scenarios", method: "bge-small-en", encoder, scenarios: "spike-gpt", weight: 0.1 },
        {
          name: "bge-small-en",
          method: "fusion default",
          interpolates: ["bge-small-en, documents", "bge-small-en, scenarios"],
        },
      ],
    });
  });

  it("tells a retriever alone as one step, and merged rankings after those of their members", () => {
    const result = smallExperiment();
    expect(irMetadata(cellOf({}, {}), { result, scoring: dense })["method"]).toMatchObject({
      retrieval: [{ name: "bge-small-en", method: "bge-small-en", encoder }],
    });
    const scoring = [{ retriever: "bm25", encoder: undefined }, ...dense];
    expect(irMetadata(cellOf({ retriever: "both" }, {}), { result, scoring })["method"]).toMatchObject({
      retrieval: [
        { name: "bm25", method: "bm25" },
        { name: "bge-small-en" },
        { name: "both", method: "fusion of rankings", interpolates: ["bm25", "bge-small-en"] },
      ],
    });
  });

  it("names data by digest, and the base that SPIKE is tested against", () => {
    const cell = cellOf({ ...spike, alpha: 0.5 }, {});
    const metadata = irMetadata(cell, { result: smallExperiment(), scoring: dense });
    expect(metadata["data"]).toEqual({
      "test collection": { name: "scifact", source: "folder", qrels: `sha256:${"d".repeat(64)}`, topics: "folder" },
      other: [{ name: "scenarios spike-gpt", source: `sha256:${"f".repeat(64)}` }],
    });
    expect(metadata).toMatchObject({ "schema-version": 0.1, tag: cell.system });
    const tested = irMetadata(cell, { result: testedExperiment(), scoring: dense });
    expect(tested["research goal"]).toEqual({
      evaluation: {
        "reported measures": ["nDCG@10"],
        baseline: ["bge-small-en"],
        "significance test": [{ name: "paired randomization", "correction method": "holm" }],
      },
    });
  });

  it("tests no base against itself", () => {
    const metadata = irMetadata(failedCell({}, "x"), { result: testedExperiment(), scoring: dense });
    expect(metadata["research goal"]).toEqual({ evaluation: { "reported measures": ["nDCG@10"] } });
  });
});
