import { expect, it } from "vitest";
import { docId, queryId } from "../../../harness/domain/ids.ts";
import { tieRanks } from "../../../harness/domain/run.ts";
import { layOutViews } from "../../../harness/domain/view-layout.ts";
import { createEngine } from "../../../harness/engine/registry.ts";
import { createChannelFuser } from "../../../harness/fuse/registry.ts";
import { type QuestionContext, questionsOf } from "../../../harness/pipeline/run/cell-questions.ts";
import type { PlannedCell } from "../../../harness/plan/plan-types.ts";

const DIM = 4;
const DOC_IDS = Array.from({ length: 12 }, (_, row) => docId(`d${row}`));
// the third document has no scenario, and the fourth one's only scenario is noise
const OFFSETS = Int32Array.of(0, 2, 3, 3, 4, 6, 8, 9, 11, 12, 14, 15, 17);
const NOISE = Uint8Array.from({ length: 17 }, (_, row) => (row === 3 ? 1 : 0));
const QUERIES = ["q0", "q1", "q2"].map((id, at) => ({
  ...{ id: queryId(id), text: id },
  excluded: at === 1 ? [docId("d4")] : [],
}));
const EXCLUDED = QUERIES.map((_, at) => Int32Array.from(at === 1 ? [4] : []));

function rows(count: number, seed: number) {
  const values = Float32Array.from({ length: count * DIM }, (_, at) => Math.sin(seed + at * 7.3));
  return { count, dim: DIM, rows: values };
}

const cell = (alpha: number | null): PlannedCell => ({
  axes: { retriever: "r", dataset: "d", queries: "original", scenarios: null, fusion: null, alpha },
  ...{ id: `${alpha}`, system: `${alpha}`, listed: true },
});

/** Rankings of every query and cell, asked of an engine in one of the two ways. */
async function rankings(fusion: { readonly kind: string }, ranks: boolean) {
  const ties = tieRanks(DOC_IDS);
  const layout = layOutViews({ ties, offsets: OFFSETS, noise: NOISE });
  const context: QuestionContext = {
    ...{ hits: 12, queries: QUERIES, excluded: EXCLUDED, docIds: DOC_IDS, ties, ranks, zeroMeansNoMatch: false },
  };
  const fusions = [{ fuser: createChannelFuser(fusion), cells: [0, 0.3, 1].map(cell) }];
  const { questions, read } = questionsOf({ bases: [cell(null)], fusions, layout }, context);
  const engine = await createEngine({ kind: "flat" }, { threads: 1, maxBytes: 2 ** 26 }).open();
  const found = [];
  for await (const answer of engine.search({
    ...questions,
    documents: { vectors: rows(DOC_IDS.length, 1), ties },
    scenarios: { vectors: rows(NOISE.length, 2), ties: layout.scenarioTies, offsets: OFFSETS },
    ...{ queries: rows(QUERIES.length, 3), excluded: EXCLUDED },
  })) {
    for (const ranked of read(answer)) {
      const { cell: own, ranking } = ranked;
      const made = ranked.fused ? ranked.ranking : [];
      found.push({ query: answer.query, cell: own.id, ids: ranking.map(({ docId: id }) => id), ranking, made });
    }
  }
  return found;
}

it.each([
  { kind: "weighted-sum" },
  { kind: "weighted-sum", missingScenario: "zero", aggregate: "mean" },
  { kind: "weighted-sum", missingScenario: "drop", noise: "as-scenario", aggregate: "topk-mean", topK: 2 },
  { kind: "spike-paper" },
  { kind: "weighted-sum", normalize: "minmax" },
])("an engine's own answers and whole score rows give a cell the same ranking: %o", async (fusion) => {
  const [own, rowwise] = [await rankings(fusion, true), await rankings(fusion, false)];
  expect(own).toHaveLength(QUERIES.length * 4);
  expect(own.map(({ query, cell: id, ids }) => [query, id, ids])).toEqual(
    rowwise.map(({ query, cell: id, ids }) => [query, id, ids]),
  );
  const scores = (all: typeof own) => all.flatMap(({ ranking }) => ranking.map(({ score }) => score));
  for (const [at, score] of scores(own).entries()) expect(score).toBeCloseTo(scores(rowwise)[at] ?? Number.NaN, 6);
  for (const { query, ids } of own) if (query === 1) expect(ids).not.toContain("d4");
  const made = (all: typeof own) => all.flatMap(({ made: hits }) => hits);
  expect(made(own)).toHaveLength(own.filter(({ cell: id }) => id !== "null").flatMap(({ ids }) => ids).length);
  for (const [at, hit] of made(own).entries()) {
    const other = made(rowwise)[at];
    expect([hit.docId, hit.scenario?.id]).toEqual([other?.docId, other?.scenario?.id]);
    expect(hit.documentScore).toBeCloseTo(other?.documentScore ?? Number.NaN, 6);
    expect(hit.scenario?.score ?? 0).toBeCloseTo(other?.scenario?.score ?? 0, 6);
  }
});
