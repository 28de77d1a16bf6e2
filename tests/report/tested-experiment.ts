import type { Comparison, Interval, PooledComparison, Protocol } from "../../harness/domain/comparison.ts";
import type { ExperimentResult } from "../../harness/domain/result.ts";
import type { ComparisonDeclaration, SpikeComparison, SpikeMean } from "../../harness/domain/spike-comparison.ts";
import { cellsOf, datasetOf, resultOf, SPIKE } from "./experiment-fixture.ts";

const PROTOCOL: Protocol = { generator: "g", seed: 7, draws: 1_000, resamples: 500, level: 0.95 };
const RANDOMIZATION = { draws: 1_000, exact: false };

const DECLARATION: ComparisonDeclaration = {
  ...{ alpha: 0.5, test: "randomization", correction: "holm", family: "all", crossFit: "queries", folds: 5 },
  ...{ wilcoxon: false, seed: 7, draws: 1_000, resamples: 500, level: 0.95 },
};

/** Figures that no computation gave: a report shows them as they are. */
function comparisonOf(dataset: string, facts: Partial<Comparison>): Comparison {
  return {
    ...{ n: 300, meanA: 0.65, meanB: 0.6, difference: 0.05, pRandomization: 0.004, pT: 0.005 },
    ...{ dz: 0.21, wins: 90, ties: 160, losses: 50, mde: 0.031, relative: 0.05 / 0.6, t: 2.9, pWilcoxon: null },
    ...{ hedges: 0.2, superiority: 0.57, systemA: "a", systemB: "b", randomization: RANDOMIZATION, notes: [] },
    interval: [0.012, 0.088],
    tInterval: [0.013, 0.087],
    dataset,
    protocol: PROTOCOL,
    ...facts,
  };
}

const SYSTEM = { retriever: "bge-small-en", queries: "original", ...SPIKE };

function rowOf(dataset: string, pCorrected: number, facts: Partial<Comparison> = {}): SpikeComparison {
  return {
    ...{ ...SYSTEM, dataset, measure: "nDCG@10", pCorrected, familySize: 2, reason: null },
    comparison: comparisonOf(dataset, facts),
    crossFitted: { alphas: [0.25, 0.5, 0.5], mean: 0.64 },
    curve: [{ alpha: 0.5, mean: 0.65, difference: 0.05, interval: [0.012, 0.088] }],
  };
}

function meanOf(): SpikeMean {
  const pooled = (difference: number, interval: Interval): PooledComparison => ({
    ...{ meanA: 0.52, meanB: 0.45, difference, pRandomization: 0.02, interval, relative: 0.1 },
    randomization: RANDOMIZATION,
  });
  const comparison = {
    ...{ datasets: 2, n: 948, protocol: PROTOCOL, notes: [] },
    macro: pooled(0.07, [0.01, 0.13]),
    micro: pooled(0.06, [0.02, 0.1]),
  };
  return { ...SYSTEM, group: null, measure: "nDCG@10", comparison, pCorrected: 0.02, familySize: 1 };
}

/** One retriever on two datasets: a significant row, one that is not and whose queries are too few, and their mean. */
export function testedExperiment(declared: Partial<ComparisonDeclaration> = {}): ExperimentResult {
  const declaration = { ...DECLARATION, ...declared };
  const tooFew = {
    notes: ["The difference is small."],
    pRandomization: 0.00001,
    wins: 10,
    ties: 630,
    losses: 8,
    n: 648,
  };
  return resultOf({
    datasets: [datasetOf("scifact"), datasetOf("fiqa")],
    declaredAlpha: declaration.alpha === "cross-fitted" ? null : declaration.alpha,
    cells: [
      ...cellsOf("scifact", 0.6, { "0.25": 0.66, "0.5": 0.65 }),
      ...cellsOf("fiqa", 0.3, { "0.25": 0.2, "0.5": 0.4 }),
    ],
    comparison: {
      ...{ key: "k", declaration, rows: [rowOf("scifact", 0.008), rowOf("fiqa", 0.07, tooFew)] },
      means: [meanOf()],
    },
  });
}
