import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { dataCard } from "../../../harness/training/data-card.ts";
import { temporaryFolder } from "../../temporary-folder.ts";
import { expectFormat } from "../../training/format-schemas.ts";
import { linesOf } from "../scenario-lab.ts";
import { bothSplits, buildDpo, put } from "../training-lab.ts";
import { LIBRARY, openLab } from "../workspace.ts";

const folder = temporaryFolder();
let labs = 0;
const lab = (files: Parameters<typeof openLab>[1] = {}) => openLab(folder.path(`lab-${labs++}`), files);

const GOLD = "Osmosis Water moves through a membrane towards salt.";
const HEAD = "version: 1\nname: s\ndataset: library\nleakage: {against: []}\nvalidation: 0\n";
const RECORDED =
  "candidates: {path: candidates.jsonl, synthetic: true}\nanswers: {path: answers.jsonl, synthetic: true}\n";
const HASHED = "retriever: {kind: dense, encoder: {kind: hashed, dimensions: 512}}\n";

describe("buildDpoSet", () => {
  async function recorded(candidates: readonly object[], answers: readonly object[]) {
    const one = await lab();
    await put(one, "candidates.jsonl", candidates);
    await put(one, "answers.jsonl", answers);
    return one;
  }

  it("prefers what is nearest to gold document and answer, and avoids what is farthest", async () => {
    const texts = ["Bread costs more.", `Here is a passage that answers the question: ${GOLD}`, "Water and salt."];
    const one = await recorded([{ _id: "q1", texts }], [{ _id: "q1", texts: [GOLD] }]);
    const { card, folder: set } = await buildDpo(one, HEAD + RECORDED + HASHED);
    expect(card).toMatchObject({ synthetic: true, splits: { train: 1, validation: 0 } });
    expect(card.dropped).toEqual([{ reason: "no candidate", items: 2 }]);
    const [row] = await linesOf(`${set}/rows/train.jsonl`);
    // first of three by both: 1 / 1 + 1 / 1; the worst is third by both
    expect(row).toMatchObject({
      id: "q1",
      positive: "d1",
      candidates: 3,
      rewards: { chosen: 1 + 1, rejected: 1 / 3 + 1 / 3 },
    });
    expect(row?.["similarity"]).toBeCloseTo(1 + 1, 5);
    const [pair] = await linesOf(`${set}/trl/train.jsonl`);
    expect(pair).toMatchObject({
      prompt: [
        {
          content: expect.stringMatching(
            /^Write one passage .*\n\nQuestion: Why does a membrane let water pass\?\nPassage:\n$/s,
          ),
        },
      ],
      chosen: [{ content: GOLD }],
      rejected: [{ content: "Bread costs more." }],
    });
  });

  it("writes every format as its trainer wants it", async () => {
    const texts = [GOLD, "Bread."];
    const one = await recorded(
      [
        { _id: "q1", texts },
        { _id: "q3", texts },
      ],
      [
        { _id: "q1", texts: [GOLD] },
        { _id: "q3", texts: [GOLD] },
      ],
    );
    const { folder: set } = await buildDpo(
      one,
      `${HEAD}${RECORDED}${HASHED}minSimilarity: off\n`.replace("validation: 0", "validation: 1"),
    );
    expectFormat("trlPreference", await bothSplits(`${set}/trl`, "jsonl"));
    expectFormat("trlPreference", await bothSplits(`${set}/trl-parquet`, "parquet", ["prompt", "chosen", "rejected"]));
    expectFormat("openaiPreference", await bothSplits(`${set}/openai`, "jsonl"));
    expectFormat("conversationPreference", await bothSplits(`${set}/conversations`, "jsonl"));
    expect(await bothSplits(`${set}/rows`, "jsonl")).toHaveLength(2);
    const card: unknown = JSON.parse(await readFile(`${set}/card.json`, "utf8"));
    expect(() => dataCard.parse(card)).not.toThrow();
  });

  it("drops queries without anything to prefer, and says why", async () => {
    const candidates = [
      { _id: "q1", texts: ["Water.", " Water. ", null] },
      { _id: "q2", texts: ["Prices.", "Bread."] },
      { _id: "q3", texts: ["Threads wait.", "Salt."] },
    ];
    const one = await recorded(candidates, [{ _id: "q3", texts: ["Nothing of it."] }]);
    const building = buildDpo(one, HEAD + RECORDED + HASHED);
    await expect(building).rejects.toMatchObject({ code: "DATA_INVALID" });
    const { card } = await buildDpo(one, `${HEAD}${RECORDED}${HASHED}rewards: [rank]\nminSimilarity: off\n`);
    expect(card.dropped).toEqual([{ reason: "a single candidate", items: 1 }]);
    expect(card.figures).toMatchObject({
      "candidate texts": 7,
      "of them missing or empty": 1,
      "of them repeating another": 1,
    });
  });

  it("rewards by the rank of the best relevant document in the whole corpus", async () => {
    const texts = ["supply falls", "salt water", "water supply"];
    const one = await recorded([{ _id: "q2", texts }], []);
    const rules = "retriever: bm25\nrewards: [qrels]\nminSimilarity: off\nqueryRepeats: 0\n";
    const { card, folder: set } = await buildDpo(one, `${HEAD}candidates: {path: candidates.jsonl}\n${rules}`);
    expect(card.synthetic).toBe(false);
    // only d2 holds `supply`; d2 holds neither `salt` nor `water`
    expect(await linesOf(`${set}/rows/train.jsonl`)).toMatchObject([{ id: "q2", rewards: { chosen: 1, rejected: 0 } }]);
    const [pair] = await linesOf(`${set}/conversations/train.jsonl`);
    expect(pair).toMatchObject({ chosen: { value: "supply falls" }, rejected: { value: "salt water" } });
  });

  it("searches by vectors of query and candidate as an expanded run does", async () => {
    const one = await recorded([{ _id: "q1", texts: ["Two threads share a mutex.", GOLD] }], []);
    const { folder: set } = await buildDpo(
      one,
      `${HEAD}candidates: {path: candidates.jsonl}\n${HASHED}rewards: [qrels]\nminSimilarity: off\nqueryWeight: 0\n`,
    );
    const [row] = await linesOf(`${set}/rows/train.jsonl`);
    // searched by its own text, d1 is first; by the other's, d3 and q3 come before
    expect(row).toMatchObject({ rewards: { chosen: 1 } });
    expect(Number(JSON.parse(JSON.stringify(row)).rewards.rejected)).toBeLessThanOrEqual(1 / 3);
  });

  it("trains on other queries and judgements than the dataset's own, and leaves out what leaks", async () => {
    const one = await lab();
    await put(one, "more.jsonl", [
      { _id: "t1", text: "Does a membrane let water pass, and why?" },
      { _id: "t2", text: "What makes a thread wait?" },
      { _id: "t3", text: "Nobody judged this." },
    ]);
    await put(one, "train.tsv", "query-id\tcorpus-id\tscore\nt1\td5\t1\nt2\tq3\t1\n");
    await put(
      one,
      "candidates.jsonl",
      ["t1", "t2"].map((_id) => ({ _id, texts: ["Threads.", "Water."] })),
    );
    const declaration =
      "version: 1\nname: s\ndataset: library\nqrels: train.tsv\nqueries: more.jsonl\nvalidation: 0\n" +
      `candidates: {path: candidates.jsonl}\nrewards: [rank]\nminSimilarity: off\nleakage: {against: [library]}\n${HASHED}`;
    const { card, folder: set } = await buildDpo(one, declaration);
    expect(card.steps[0]).toEqual({ step: "queries", items: 2 });
    // 7 of 8 words are those of q1
    expect(card.leakage.sets[0]).toMatchObject({
      found: { paraphrase: 1 },
      examples: [{ item: "t1", with: "q1", overlap: 7 / 8 }],
    });
    expect(await linesOf(`${set}/rows/train.jsonl`)).toMatchObject([{ id: "t2", positive: "q3" }]);
  });

  it("samples queries and pairs by the seed and the ids alone", async () => {
    const queries = Array.from({ length: 12 }, (_, at) => ({ _id: `q${at}`, text: `Query number ${at} on water` }));
    const dataset = { ...LIBRARY, queries, qrels: queries.map(({ _id }) => [_id, "d1", 1] as const) };
    const candidates = queries.map(({ _id }) => ({ _id, texts: ["Water.", "Threads."] }));
    async function idsKept(rows: readonly object[], more: string) {
      const one = await lab({ dataset });
      await put(one, "candidates.jsonl", rows);
      const declaration = `${HEAD}candidates: {path: candidates.jsonl}\nrewards: [rank]\nminSimilarity: off\n${HASHED}${more}`;
      const { folder: set, card } = await buildDpo(one, declaration.replace("validation: 0", "validation: 2"));
      return { ids: (await bothSplits(`${set}/rows`, "jsonl")).map(({ id }) => id), card };
    }
    const one = await idsKept(candidates, "maxQueries: 8\npairs: 3\n");
    expect(one.card).toMatchObject({ splits: { train: 3, validation: 2 } });
    expect(one.card.dropped).toEqual([
      { reason: "not sampled", items: 12 - 8 },
      { reason: "pairs not sampled", items: 8 - 5 },
    ]);
    expect((await idsKept(candidates.toReversed(), "maxQueries: 8\npairs: 3\n")).ids).toEqual(one.ids);
    expect((await idsKept(candidates, "maxQueries: 8\npairs: 3\nseed: 7\n")).ids).not.toEqual(one.ids);
  });

  it("says of every reason how much it dropped when nothing is left", async () => {
    const one = await recorded([{ _id: "q1", texts: ["Water.", "Bread."] }], []);
    const rules = "rewards: [rank]\nminSimilarity: 2\n";
    const building = buildDpo(one, `${HEAD}candidates: {path: candidates.jsonl}\n${HASHED}${rules}`);
    await expect(building).rejects.toMatchObject({
      code: "DATA_INVALID",
      message: expect.stringContaining("2 no candidate, 1 below the similarity"),
    });
  });

  it("names the file of judgements that has none", async () => {
    const one = await recorded([{ _id: "q1", texts: ["Water.", "Bread."] }], []);
    await put(one, "train.tsv", "query-id\tcorpus-id\tscore\n");
    const declaration = `${HEAD}qrels: train.tsv\ncandidates: {path: candidates.jsonl}\nrewards: [rank]\n${HASHED}`;
    const expected = { code: "DATA_INVALID", where: `${one.folder}/train.tsv` };
    await expect(buildDpo(one, declaration)).rejects.toMatchObject(expected);
  });

  it("asks for the texts of the queries that a file judges when the dataset has others", async () => {
    const one = await recorded([{ _id: "t1", texts: ["Water.", "Bread."] }], []);
    await put(one, "train.tsv", "query-id\tcorpus-id\tscore\nt1\td5\t1\n");
    const declaration = `${HEAD}qrels: train.tsv\ncandidates: {path: candidates.jsonl}\nrewards: [rank]\n${HASHED}`;
    const expected = { code: "DATA_INVALID", hint: expect.stringContaining("`queries`") };
    await expect(buildDpo(one, declaration)).rejects.toMatchObject(expected);
  });

  it.each([
    { more: "retriever: bm25\n", says: "vectors" },
    { more: `${HASHED}rewards: [rank, answer]\n`, says: "answers" },
    { more: "retriever: {kind: dense, encoder: {kind: hashd}}\n", says: "hashd" },
    { more: `${HASHED}rewards: [rank, rank]\n`, says: "once" },
    { more: `${HASHED}rewards: [rank]\nminSimilarity: 2.1\n`, says: "at most 2" },
  ])("refuses rules that contradict each other: $says", async ({ more, says }) => {
    const one = await recorded([{ _id: "q1", texts: ["a", "b"] }], []);
    const rules = more.includes("bm25") ? "rewards: [rank]\n" : "";
    const building = buildDpo(one, `${HEAD}candidates: {path: candidates.jsonl}\n${rules}${more}`);
    await expect(building).rejects.toMatchObject({ code: "SPEC_INVALID", message: expect.stringContaining(says) });
  });
});
