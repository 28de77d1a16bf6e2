import { join } from "node:path";
import { expect, it } from "vitest";
import { tieRanks } from "../../harness/domain/run.ts";
import { describeWithData } from "../real-data.ts";
import { evaluateRetriever, loadBeir } from "../retrieve/evaluate-retriever.ts";

// Figures of Anserini's regressions, BM25 with k1 = 0.9 and b = 0.4 (docs/regressions/regressions-beir-v1.0.0-*.md).
describeWithData("bm25 beside Anserini", "beir", (data) => {
  const cases = [
    { name: "scifact", fields: "flat", published: { "nDCG@10": 0.6789, "R@100": 0.9253 } },
    { name: "scifact", fields: "multifield", published: { "nDCG@10": 0.6647, "R@100": 0.9076 } },
    { name: "nfcorpus", fields: "flat", published: { "nDCG@10": 0.3218, "R@100": 0.2457 } },
    { name: "nfcorpus", fields: "multifield", published: { "nDCG@10": 0.3254, "R@100": 0.25 } },
  ];

  it.each(cases)("is close on $name, $fields, in the harness's order of ties", async ({ name, fields, published }) => {
    const dataset = await loadBeir(join(data, name));
    const found = await evaluateRetriever({ kind: "bm25", fields }, dataset, tieRanks(dataset.docIds));
    expect(Math.abs((found["nDCG@10"] ?? 0) - published["nDCG@10"])).toBeLessThan(0.002);
    expect(Math.abs((found["R@100"] ?? 0) - published["R@100"])).toBeLessThan(0.005);
  });

  it.each(cases)(
    "is equal to four digits on $name, $fields, with ties by ascending doc id, as Anserini sorts them",
    async ({ name, fields, published }) => {
      const dataset = await loadBeir(join(data, name));
      const ascending = tieRanks(dataset.docIds).map((rank) => dataset.docIds.length - 1 - rank);
      expect(await evaluateRetriever({ kind: "bm25", fields }, dataset, ascending)).toEqual(published);
    },
  );
});
