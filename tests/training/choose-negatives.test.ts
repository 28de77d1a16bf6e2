import { describe, expect, it } from "vitest";
import { docId, queryId } from "../../harness/domain/ids.ts";
import { chooseNegatives, type NegativeRules } from "../../harness/training/choose-negatives.ts";
import { collection } from "../encode/collection.ts";

const TEXTS = ["gold", "a", "b", "a", " ", "c", "d"];
const documents = { docIds: TEXTS.map((_, row) => docId(`d${row}`)), corpus: collection(TEXTS) };

async function choose(rows: readonly number[], rules: Partial<NegativeRules>, id = "q1") {
  const question = {
    id,
    query: { id: queryId(id), text: "?", excluded: [] },
    positive: { id: docId("d0"), row: 0, text: "gold" },
    relevant: Int32Array.of(0),
    excluded: new Int32Array(),
  };
  const negatives = rows.map((row, at) => ({ row, rank: at + 1, score: 1 / (at + 1) }));
  const mined = { negatives, relevant: 0, suspected: 0, positiveScore: 2 };
  const all = { negatives: 2, choose: "hardest", seed: 1, ...rules } as const;
  const found = await chooseNegatives(documents, [{ question, mined }], all);
  return { ...found, ids: found.negatives.get(id)?.map((one) => one.id) };
}

describe("chooseNegatives", () => {
  it("takes the best ranked, each text once, and none without a text", async () => {
    const { ids, twins, negatives } = await choose([1, 3, 4, 5, 6], {});
    expect(ids).toEqual(["d1", "d5"]);
    expect(twins).toBe(2);
    expect(negatives.get("q1")?.map(({ text }) => text)).toEqual(["a", "c"]);
  });

  it("leaves out a question without enough", async () => {
    expect((await choose([1, 3, 4], {})).ids).toBeUndefined();
  });

  it("samples by seed and question, best ranked first", async () => {
    const rows = [1, 2, 5, 6];
    const samples = await Promise.all(
      Array.from({ length: 12 }, (_, seed) => choose(rows, { choose: "sample", seed })),
    );
    const ids = samples.map((sample) => sample.ids ?? []);
    expect(new Set(ids.map((own) => own.join())).size).toBeGreaterThan(2);
    for (const own of ids) expect(own).toEqual(own.toSorted());
    expect((await choose(rows.toReversed(), { choose: "sample", seed: 3 })).ids?.toSorted()).toEqual(ids[3]);
  });
});
