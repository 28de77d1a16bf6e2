import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import type { Fragment } from "../../harness/component.ts";
import { textStatistics } from "../../harness/datasets/text-statistics.ts";
import { composeView, type ViewCollection } from "../../harness/domain/view.ts";
import { describeWithData } from "../real-data.ts";
import { loadFolder } from "./load-folder.ts";

describe("textStatistics", () => {
  it("counts code points, as Python does", async () => {
    const texts = ["", "abc", "𝒳y", "abc"];
    const total = 0 + 3 + 2 + 3;
    expect(await textStatistics(texts)).toEqual({ count: 4, total, min: 0, average: total / 4, max: 3, unique: 3 });
  });

  it("counts a lone surrogate as one", async () => {
    expect((await textStatistics(["\ud835", "\udcb3\ud835", "a\ud835\udcb3"])).total).toBe(1 + 2 + 2);
  });

  it("is all zeros without texts", async () => {
    expect(await textStatistics([])).toEqual({ count: 0, total: 0, min: 0, average: 0, max: 0, unique: 0 });
  });
});

const figures = z.object({
  total_text_length: z.number(),
  min_text_length: z.number(),
  average_text_length: z.number(),
  max_text_length: z.number(),
  unique_texts: z.number(),
});
const published = z.object({
  test: z.object({
    num_documents: z.number(),
    num_queries: z.number(),
    documents_text_statistics: figures,
    queries_text_statistics: figures,
    relevant_docs_statistics: z.object({ num_relevant_docs: z.number() }),
  }),
});

async function* bodies(corpus: ViewCollection): AsyncGenerator<string> {
  for await (const view of corpus.views()) yield composeView(view);
}

describeWithData("mteb's descriptive statistics", "published/mteb-descriptive-stats", (statistics) => {
  it.each<{ task: string; data: string; format: Fragment }>([
    { task: "SciFact", data: "beir/scifact", format: { kind: "beir" } },
    { task: "NFCorpus", data: "beir/nfcorpus", format: { kind: "beir" } },
    { task: "LIMITSmallRetrieval", data: "limit/limit-small", format: { kind: "limit" } },
  ])("are those of $task as it is loaded", async ({ task, data, format }) => {
    const dataset = await loadFolder(resolve(statistics, "../..", data), format);
    const { test } = published.parse(JSON.parse(await readFile(resolve(statistics, `${task}.json`), "utf8")));
    const expected = (name: "documents" | "queries") => {
      const of = test[`${name}_text_statistics`];
      return {
        count: test[`num_${name}`],
        total: of.total_text_length,
        min: of.min_text_length,
        average: of.average_text_length,
        max: of.max_text_length,
        unique: of.unique_texts,
      };
    };
    expect(await textStatistics(bodies(dataset.corpus))).toEqual(expected("documents"));
    expect(await textStatistics(dataset.queries.map(({ text }) => text))).toEqual(expected("queries"));
    expect([...dataset.qrels.values()].reduce((sum, judged) => sum + judged.size, 0)).toBe(
      test.relevant_docs_statistics.num_relevant_docs,
    );
  });
});
