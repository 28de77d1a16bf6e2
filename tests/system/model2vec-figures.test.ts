import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { z } from "zod";
import { loadDataset } from "../../harness/datasets/load-dataset.ts";
import { listLocalFiles } from "../../harness/datasets/local-files.ts";
import { createFormat } from "../../harness/datasets/registry.ts";
import type { Dataset } from "../../harness/domain/dataset.ts";
import { DEFAULT_POLICY } from "../../harness/domain/policy.ts";
import { tieRanks } from "../../harness/domain/run.ts";
import { topRows } from "../../harness/domain/top-rows.ts";
import { createEncoder } from "../../harness/encode/registry.ts";
import { openEmbeddingCache } from "../../harness/encode/shard-cache.ts";
import { gradeRanking } from "../../harness/evaluate/graded-ranking.ts";
import { parseMeasures } from "../../harness/evaluate/parse-measure.ts";
import { createRetriever } from "../../harness/retrieve/registry.ts";
import { collection, searched } from "../encode/collection.ts";
import { describeWithData } from "../real-data.ts";

let cache = "";
beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), "model2vec-"));
});
afterEach(() => rm(cache, { recursive: true }));

describeWithData("model2vec beside its Python reference", "models/model2vec-64d", (model) => {
  it("gives the vector that the reference printed for a text of 1,000 words, which is cut", async () => {
    const [expected] = z
      .array(z.array(z.number()))
      .parse(JSON.parse(await readFile(join(model, "expected-embedding.json"), "utf8")));
    const encoder = await createEncoder({ kind: "model2vec", model }, { folder: "." }).open(searched(collection([])));
    const vector = (await encoder.encode([Array(1000).fill("hello").join(" ")], "document")).vectors;
    expect(Math.max(...[...vector].map((value, d) => Math.abs(value - (expected?.[d] ?? Number.NaN))))).toBeLessThan(
      1e-6,
    );
  });
});

// Figures of ../shared/data/README.md.
describeWithData("model2vec on BEIR", "models/model2vec-64d", (model) => {
  const data = dirname(dirname(model));

  it.each([
    { name: "scifact", published: 0.1037 },
    { name: "nfcorpus", published: 0.0492 },
  ])("has the known nDCG@10 on $name", { timeout: 120_000 }, async ({ name, published }) => {
    const dataset = await loadDataset({
      id: name,
      format: createFormat({ kind: "beir" }),
      files: await listLocalFiles(join(data, "beir", name)),
      policy: DEFAULT_POLICY,
      strict: true,
    });
    expect(Number((await meanNdcg(dataset, model)).toFixed(4))).toBe(published);
  });
});

async function meanNdcg(dataset: Dataset, model: string): Promise<number> {
  const { docIds, corpus, queries, qrels } = dataset;
  const [ndcg] = parseMeasures("nDCG@10");
  const services = { embeddings: openEmbeddingCache({ folder: cache }), folder: "." };
  const retriever = createRetriever({ kind: "dense", encoder: { kind: "model2vec", model } }, services);
  const opened = await retriever.open(searched(dataset.corpus, dataset));
  const rows = await opened.score({ views: corpus, role: "document", queries });
  const all = Int32Array.from(docIds.keys());
  const ties = tieRanks(docIds);
  const values = queries.map(({ id }, query) => {
    const ranking = [...topRows(rows.row(query).scores, all, ties, 1000)].flatMap((row, place) => {
      const docId = docIds[row];
      return docId === undefined ? [] : [{ docId, score: -place }];
    });
    return ndcg?.measure.value(gradeRanking(ranking, qrels.get(id) ?? new Map()), ndcg.params) ?? Number.NaN;
  });
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
