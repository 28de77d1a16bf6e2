import type { CellAxes } from "../../harness/domain/cell-axes.ts";
import { DEFAULT_POLICY } from "../../harness/domain/policy.ts";
import type { CellResult, DatasetSummary, ExperimentResult } from "../../harness/domain/result.ts";
import { buildReport } from "../../harness/report/report-model.ts";

const ALPHAS = Array.from({ length: 11 }, (_, i) => i / 10);
const QUERIES: Readonly<Record<string, number>> = { scifact: 300, fiqa: 648 };

export function cellOf(axes: Partial<CellAxes>, values: Readonly<Record<string, number>>): CellResult {
  const cell = { retriever: "bge-small-en", dataset: "scifact", queries: "original", ...axes };
  const spike = { scenarios: null, fusion: null, alpha: null, ...axes };
  const judged = QUERIES[cell.dataset] ?? 1;
  const system = [cell.retriever, spike.scenarios, spike.alpha].filter((part) => part !== null).join("+");
  return {
    ...{ ...cell, ...spike, system, values },
    status: "done",
    error: null,
    run: `${system}/${cell.dataset}/run.trec.gz`,
    runSha256: "0".repeat(64),
    counts: { judged, answered: judged, missing: 0, unjudged: 0 },
    truncated: [],
  };
}

export function failedCell(axes: Partial<CellAxes>, error: string): CellResult {
  return { ...cellOf(axes, {}), status: "failed", error, run: null, runSha256: null, counts: null };
}

export function datasetOf(id: string, policyHash = "3f2a9c71d0be".padEnd(64, "7")): DatasetSummary {
  const counts = { documents: 5183, queries: 300, judgements: 339 };
  const hashes = { corpusSha256: "c".repeat(64), qrelsSha256: "d".repeat(64), policyHash };
  return { id, ...counts, ...hashes, origin: ["folder"], policy: DEFAULT_POLICY, notes: [] };
}

export function resultOf(parts: Partial<ExperimentResult>): ExperimentResult {
  return {
    schemaVersion: 2,
    id: "e".repeat(64),
    name: "spike-small",
    description: null,
    measures: ["nDCG@10"],
    declaredAlpha: 0.5,
    datasets: [datasetOf("scifact")],
    groups: [],
    allowMixed: false,
    scenarios: [],
    notes: [],
    cells: [],
    comparison: null,
    ...parts,
  };
}

/** Base and sweep of a retriever on a dataset: nDCG@10 peaks `gain` above `base` at `peak`, and is `base` at alpha 1. */
export function sweepCells(
  axes: Pick<CellAxes, "retriever" | "dataset">,
  { base, gain, peak }: { readonly base: number; readonly gain: number; readonly peak: number },
): CellResult[] {
  const shape = (alpha: number) => 1 - ((alpha - peak) / (1 - peak)) ** 2;
  const values = (alpha: number) => ({
    "nDCG@10": base + gain * shape(alpha),
    "R@100": base + 0.2 + gain * shape(alpha),
  });
  const spike = { ...axes, scenarios: "spike-gpt", fusion: "weighted-sum" };
  return [cellOf(axes, values(1)), ...ALPHAS.map((alpha) => cellOf({ ...spike, alpha }, values(alpha)))];
}

/** Two retrievers, two datasets, eleven alphas, one scenario set; one cell failed, one dataset has notes. */
export function smallExperiment(): ExperimentResult {
  const cells = [
    ...sweepCells({ retriever: "bge-small-en", dataset: "scifact" }, { base: 0.72, gain: 0.016, peak: 0.6 }),
    ...sweepCells({ retriever: "bge-small-en", dataset: "fiqa" }, { base: 0.385, gain: 0.024, peak: 0.5 }),
    ...sweepCells({ retriever: "bm25", dataset: "scifact" }, { base: 0.665, gain: 0.03, peak: 0.4 }),
    ...sweepCells({ retriever: "bm25", dataset: "fiqa" }, { base: 0.236, gain: -0.01, peak: 0.7 }),
  ].map((cell) =>
    cell.retriever === "bm25" && cell.dataset === "fiqa" && cell.alpha === 0.3
      ? failedCell(cell, "no space left on the device while `run.trec.gz` was written.")
      : cell,
  );
  const set = { name: "spike-gpt", contentHash: "f".repeat(64), failed: 12, foreign: 0 };
  return resultOf({
    description: "Does SPIKE improve a small dense retriever and BM25?",
    measures: ["nDCG@10", "R@100"],
    datasets: [
      datasetOf("scifact"),
      {
        ...datasetOf("fiqa"),
        ...{ documents: 57638, queries: 648, judgements: 1706 },
        notes: ["38 documents have an empty body and are kept; only their title can match."],
      },
    ],
    scenarios: [
      {
        ...{ ...set, dataset: "scifact", documents: 5183, covered: 5100, noise: 60 },
        ...{ scenarios: 20412, perDocument: { min: 1, median: 4, max: 5 } },
      },
      {
        ...{ ...set, dataset: "fiqa", documents: 57638, covered: 57000, noise: 410 },
        ...{ scenarios: 227800, perDocument: { min: 1, median: 4, max: 6 } },
      },
    ],
    notes: ["Documents without scenario keep their document score at every alpha (missingScenario: document-only)."],
    cells,
  });
}

export const SPIKE = { scenarios: "spike-gpt", fusion: "weighted-sum" };

/** Cells of one retriever on one dataset in nDCG@10: `base`, then one at each alpha. */
export function cellsOf(dataset: string, base: number, sweep: Readonly<Record<string, number>>) {
  const points = Object.entries(sweep).map(([alpha, value]) =>
    cellOf({ dataset, ...SPIKE, alpha: Number(alpha) }, { "nDCG@10": value }),
  );
  return [cellOf({ dataset }, { "nDCG@10": base }), ...points];
}

export function rowsOf(result: ExperimentResult) {
  return buildReport(result).sections[0]?.rows ?? [];
}

export const notesOf = (result: ExperimentResult) => buildReport(result).notes.join("\n");
