import { readFile, writeFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import {
  answerOf,
  listsOf,
  listsOfQuery,
  readRankings,
  writeRankings,
} from "../../../harness/pipeline/tasks/found-rankings.ts";
import { temporaryFolder } from "../../temporary-folder.ts";

const folder = temporaryFolder();

const ranked = (...pairs: readonly (readonly [number, number])[]) => ({
  rows: Int32Array.from(pairs, ([row]) => row),
  scores: Float64Array.from(pairs, ([, score]) => score),
});
const hits = (...pairs: readonly (readonly [number, number])[]) => ({
  ...ranked(...pairs),
  documentScores: Float32Array.from(pairs, ([, score]) => score / 3),
  scenarioScores: Float32Array.from(pairs, ([, score]) => score / 7),
  scenarioRows: Int32Array.from(pairs, ([row]) => row - 2),
});
const sweep = { k: 2, aggregate: "max", topK: 1, missing: "zero" } as const;
const QUESTIONS = {
  sweeps: [
    {
      ...sweep,
      weights: [
        { document: 1, scenario: 0 },
        { document: 0.5, scenario: 0.5 },
      ],
    },
  ],
  cuts: [{ depths: [{ document: 1, scenario: 1 }], excluded: "stay" } as const],
};
const ANSWER = {
  sweeps: [[hits([3, 0.1], [1, -0.25]), hits()]],
  cuts: [{ documents: ranked([7, 1 / 3]), scenarios: ranked([0, 1e-300], [2, -0]) }],
};

describe("rankings on disk", () => {
  it("come back to the last bit", async () => {
    const path = folder.path("found.safetensors");
    await writeRankings(path, [listsOf(ANSWER), listsOf(ANSWER)]);
    const found = await readRankings(path, listsOfQuery(QUESTIONS));
    expect(found).toHaveLength(2);
    expect(found.map((lists, query) => answerOf(lists, query, QUESTIONS))).toEqual([
      { ...ANSWER, query: 0, scores: undefined },
      { ...ANSWER, query: 1, scores: undefined },
    ]);
  });

  it("are refused when they are gone or damaged", async () => {
    const path = folder.path("damaged.safetensors");
    await expect(readRankings(path, 1)).rejects.toMatchObject({ code: "DATA_INVALID" });
    await writeRankings(path, [listsOf(ANSWER)]);
    const bytes = await readFile(path);
    bytes.writeUInt8((bytes.at(-1) ?? 0) ^ 1, bytes.length - 1);
    await writeFile(path, bytes);
    await expect(readRankings(path, 1)).rejects.toMatchObject({ code: "DATA_INVALID" });
  });
});
