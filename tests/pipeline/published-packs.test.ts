import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { parseMeasure } from "../../harness/evaluate/parse-measure.ts";
import { type PublishedPack, readPack } from "../../harness/pipeline/compare/published-pack.ts";
import { loadPlan } from "../../harness/pipeline/load-plan.ts";
import { card, cards } from "../datasets/shipped-cards.ts";
import { describeWithData } from "../real-data.ts";

const root = resolve(import.meta.dirname, "../..");
const folder = join(root, "reports/published");
const names = readdirSync(folder).map((file) => file.replace(/\.yaml$/, ""));
const GROUPS = ["bright", "coir", "coir/codesearchnet", "coir/codesearchnet-ccr"];

const read = (name: string): Promise<PublishedPack> => readPack(name, [folder]);
const publishedOf = (pack: PublishedPack, retriever: string, dataset: string, measure = "nDCG@10") =>
  pack.figures.find((figure) => figure.retriever === retriever && figure.measure === measure)?.values[dataset];

describe("packs of published figures", () => {
  it("are those of the documentation", () => {
    expect(names.sort()).toEqual(["anserini-beir", "anserini-bright", "bright", "coir", "mteb-bright", "small"]);
  });

  it.each(names)("%s names measures and datasets that there are, with the counts of their cards", async (name) => {
    const pack = await read(name);
    for (const { measure, values } of pack.figures) {
      expect(parseMeasure(measure).text).toBe(measure);
      for (const id of Object.keys(values)) expect(cards.has(id) || GROUPS.includes(id), id).toBe(true);
    }
    for (const [id, counts] of Object.entries(pack.datasets)) expect(card(id).counts, id).toMatchObject(counts);
  });

  it.each(["anserini-beir", "anserini-bright", "small"])("%s has a run file with its retrievers", async (name) => {
    const { runFile, figures } = await read(name);
    const { retrievers } = await loadPlan(runFile ?? "", [join(root, "datasets")]);
    for (const { retriever } of figures) expect([...retrievers.keys()]).toContain(retriever);
  });

  it("bright has averages that its rows have too, to the digit that was printed", async () => {
    const pack = await read("bright");
    expect(pack.figures).toHaveLength(13);
    for (const { retriever, values } of pack.figures) {
      const { bright, ...rows } = values;
      const mean = Object.values(rows).reduce((sum, value) => sum + value, 0) / 12;
      expect(Math.abs(mean - (bright ?? 0)), retriever).toBeLessThan(0.001);
    }
  });

  it("anserini-beir has the macro mean of CQADupStack that Anserini's rows give", async () => {
    const pack = await read("anserini-beir");
    const [flat] = pack.figures;
    const forums = Object.entries(flat?.values ?? {}).filter(([id]) => id.startsWith("beir/cqadupstack-"));
    expect(forums).toHaveLength(12);
    expect(forums.reduce((sum, [, value]) => sum + value, 0) / 12).toBeCloseTo(0.3021, 4);
    expect(publishedOf(pack, "bm25-multifield", "beir/scifact", "R@100")).toBe(0.9076);
  });
});

describeWithData("the pack of MTEB", "published/mteb-scores.csv", (path) => {
  it("has what MTEB's results repository has, to four digits", async () => {
    const { figures } = await read("mteb-bright");
    const lines = readFileSync(path, "utf8")
      .split("\n")
      .map((line) => line.split(","));
    const [head = []] = lines;
    const column = (name: string) => head.indexOf(name);
    let checked = 0;
    for (const { retriever, measure, values } of figures) {
      for (const [dataset, published] of Object.entries(values)) {
        const task = `Bright${dataset.slice("bright/".length).replace(/(?:^|_)(\w)/g, (_, first: string) => first.toUpperCase())}Retrieval`;
        const row = lines.find(
          (line) => line[0]?.toLowerCase() === task.toLowerCase() && line[1] === retriever.replace("/", "__"),
        );
        const own = Number(row?.[column(measure === "nDCG@10" ? "ndcg_at_10" : "recall_at_100")]);
        expect(Math.abs(own - published), `${retriever} ${dataset} ${measure}`).toBeLessThanOrEqual(0.00005 + 1e-9);
        checked += 1;
      }
    }
    expect(checked).toBe(2 * 2 * 12);
  });
});
