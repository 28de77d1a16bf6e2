import { describe, expect, it } from "vitest";
import { buildSupervisedSet } from "../../../harness/pipeline/training/build-supervised-set.ts";
import { temporaryFolder } from "../../temporary-folder.ts";
import { expectFormat } from "../../training/format-schemas.ts";
import { linesOf } from "../scenario-lab.ts";
import { put } from "../training-lab.ts";
import { type Lab, openLab } from "../workspace.ts";

const folder = temporaryFolder();
let labs = 0;

/** By BM25 `water` finds d1, d2 and d3, the shortest first, and then the long ones. */
const SHELF = {
  corpus: [
    { _id: "d1", text: "water" },
    { _id: "d2", text: "water water stone" },
    { _id: "d3", text: "water and stone and wood" },
    { _id: "d4", text: "water, stone, wood, iron, glass, paper" },
    { _id: "twin", text: "water,  stone, wood, iron, glass,\npaper" },
    { _id: "d5", text: "water, stone, wood, iron, glass, paper, wool and a good many other things" },
    { _id: "d6", text: "fire" },
  ],
  queries: [
    { _id: "q1", text: "water" },
    { _id: "q2", text: "fire", excluded_ids: ["d1"] },
    { _id: "q3", text: "wool" },
  ],
  qrels: [
    ["q1", "d3", 1],
    ["q1", "d4", 1],
    ["q2", "d6", 1],
    ["q3", "d1", 1],
  ],
} as const;

const lab = () => openLab(folder.path(`lab-${labs++}`), { dataset: SHELF });
const HEAD = "version: 1\nname: s\ndataset: library\nleakage: {against: []}\nvalidation: 0\nretriever: bm25\n";

async function build(one: Lab, more: string) {
  const declaration = await put(one, "s.yaml", HEAD + more);
  return await buildSupervisedSet(declaration, { generate: false, retryFailed: false }, one.workspace);
}

async function ranked(one: Lab): Promise<readonly unknown[]> {
  const { folder: set } = await build(one, "choose: hardest\n");
  return await linesOf(`${set}/triplets/train.jsonl`);
}

describe("buildSupervisedSet", () => {
  it("refuses to ask for more negatives than there are ranks to take them from", async () => {
    const building = build(await lab(), "negatives: 6\nranks: {from: 2, to: 6}\n");
    await expect(building).rejects.toMatchObject({ code: "SPEC_INVALID", message: expect.stringContaining("got 6") });
  });

  it("mines what is below the gold document, neither relevant nor the same text as a relevant one", async () => {
    const one = await lab();
    const { card, folder: set } = await build(one, "choose: hardest\n");
    const [row, ...others] = await linesOf(`${set}/triplets/train.jsonl`);
    expect(others).toEqual([]);
    // d4 is relevant too, and `twin` has its text: d5 is the first that is left
    expect(row).toMatchObject({
      query: { id: "q1", text: "water" },
      expansion: null,
      positive: { id: "d3" },
      negatives: [{ id: "d5", rank: 6 }],
    });
    expect(card.dropped).toEqual([
      { reason: "gold document not retrieved", items: 1 }, // no document of q3's search holds `wool` but d5
      { reason: "too few negatives", items: 1 },
    ]);
    expect(card.figures).toMatchObject({
      "of them relevant": 2 + 1,
      "of them suspected to be": 2, // d1 and d2 are above d3
      "of them with the text of another": 1,
    });
    expect(await ranked(await lab())).toEqual([row]);
  });

  it("writes rows for trainers of retrievers", async () => {
    const { folder: set } = await build(await lab(), "");
    const rows = await linesOf(`${set}/flag-embedding/train.jsonl`);
    expectFormat("flagEmbedding", rows);
    expect(rows).toEqual([{ query: "water", pos: [SHELF.corpus[2].text], neg: [SHELF.corpus[5].text] }]);
    expect(await linesOf(`${set}/sentence-transformers/train.jsonl`)).toEqual([
      { anchor: "water", positive: SHELF.corpus[2].text, negative_1: SHELF.corpus[5].text },
    ]);
  });

  it("puts an expansion in the place of the query, and searches by it", async () => {
    const one = await lab();
    await put(one, "e.jsonl", [{ _id: "q3", texts: ["Here is a passage: water water water"] }]);
    const { card, folder: set } = await build(
      one,
      "expansions: {path: e.jsonl, synthetic: true}\nnegatives: 2\nranks: {to: 4}\n",
    );
    expect(card).toMatchObject({ synthetic: true, dropped: [{ reason: "no expansion", items: 2 }] });
    expect(await linesOf(`${set}/flag-embedding/train.jsonl`)).toMatchObject([
      { query: "water water water", pos: ["water"] },
    ]);
    const { folder: again } = await build(one, "expansions: {path: e.jsonl}\nanchor: query\nmineWith: expansion\n");
    expect(await linesOf(`${again}/flag-embedding/train.jsonl`)).toMatchObject([{ query: "wool" }]);
  });

  it("draws the same sample whatever came before it", async () => {
    const sampled = async () => {
      const { folder: set } = await build(await lab(), "mineWith: query\nnegatives: 1\n");
      return await linesOf(`${set}/triplets/train.jsonl`);
    };
    expect(await sampled()).toEqual(await sampled());
  });

  it.each([
    { more: "anchor: expansion\n", code: "SPEC_INVALID" },
    { more: "ranks: {from: 9, to: 3}\n", code: "SPEC_INVALID" },
    { more: "margin: 100\n", code: "DATA_INVALID" },
  ])("refuses what gives nothing: $more", async ({ more, code }) => {
    await expect(build(await lab(), more)).rejects.toMatchObject({ code });
  });
});
