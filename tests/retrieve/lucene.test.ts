import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { analyzeEnglish } from "../../harness/analysis/english-terms.ts";
import { tieRanks } from "../../harness/domain/run.ts";
import { topRows } from "../../harness/domain/top-rows.ts";
import { createRetriever } from "../../harness/retrieve/registry.ts";
import { searched } from "../encode/collection.ts";
import { describeWithData } from "../real-data.ts";
import { evaluateRetriever, loadBeir } from "./evaluate-retriever.ts";
import { retrieverServices, scoreTexts } from "./search-texts.ts";

const RM3 = { kind: "bm25", feedback: { kind: "rm3" } };

type Golden = readonly {
  readonly query: string;
  /** Weights of the new query's terms, scaled to a sum of 1. */
  readonly terms: Readonly<Record<string, number>>;
  readonly hits: readonly (readonly [string, number])[];
}[];

const golden: Golden = JSON.parse(
  await readFile(resolve(import.meta.dirname, "../golden/lucene/demo-rm3.json"), "utf8"),
);

describe("rm3 beside Lucene, on the demonstration corpus", async () => {
  const demo = await loadBeir(resolve(import.meta.dirname, "../../datasets/demo"));
  const { corpus, docIds, queries } = demo;

  it("ranks the same ten documents for every query, with the same scores but for their scale", async () => {
    const opened = await createRetriever(RM3, retrieverServices()).open(searched(corpus, demo));
    const { rows } = await scoreTexts(opened, corpus, queries, { ties: tieRanks(docIds) });
    expect(golden).toHaveLength(queries.length);
    for (const [position, { query, hits }] of golden.entries()) {
      expect(queries[position]?.id).toBe(query);
      const scores = Float64Array.from(rows[position]?.scores ?? []);
      const matched = Int32Array.from(rows[position]?.matched ?? []);
      const best = [...topRows(scores, matched, tieRanks(docIds), 10)];
      expect(best.map((row) => docIds[row])).toEqual(hits.map(([id]) => id));
      const terms = analyzeEnglish(queries[position]?.text ?? "").length;
      for (const [place, row] of best.entries()) {
        const score = hits[place]?.[1] ?? Number.NaN;
        // float32 on both sides
        expect(Math.abs((scores[row] ?? 0) / (score * terms) - 1)).toBeLessThan(1e-6);
      }
    }
  });
});

// of runs that tests/golden/lucene/WriteGolden.java wrote; the README there has the commands
describeWithData("rm3 beside Lucene, on public data", "beir", (data) => {
  it.each([
    { name: "nfcorpus", expected: { "nDCG@10": 0.3443, "R@100": 0.323 } },
    { name: "scifact", expected: { "nDCG@10": 0.646, "R@100": 0.9147 } },
  ])("has its values to four digits on $name", async ({ name, expected }) => {
    const dataset = await loadBeir(resolve(data, name));
    expect(await evaluateRetriever(RM3, dataset, tieRanks(dataset.docIds))).toEqual(expected);
  });
});
