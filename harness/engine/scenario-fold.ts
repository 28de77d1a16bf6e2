import type { ScoredBlock } from "./search-pass.ts";
import type { Sweep } from "./types.ts";

/** The scenarios of one document as one score. */
type Folded = {
  /** Row of the best usable scenario (the first of equals), -1 without one. */
  readonly row: number;
  /** A float32; meaningless where `row` is -1. */
  readonly score: number;
};

/** Folds the scores that the query of a column gave to a document's scenarios. The object that it returns is reused. */
export type ScenarioFold = (block: ScoredBlock, document: number, column: number) => Folded;

const NONE: Folded = { row: -1, score: 0 };

/** @param offsets of the scenarios, undefined without any */
export function scenarioFold(sweep: Sweep, offsets: Int32Array | undefined): ScenarioFold {
  if (offsets === undefined) return () => NONE;
  const best = bestScenario(sweep, offsets);
  return sweep.aggregate === "max" ? best : foldAll(sweep, offsets, best);
}

function bestScenario({ usable }: Sweep, offsets: Int32Array): ScenarioFold {
  const found = { row: -1, score: 0 };
  return ({ scores, width, documents, firstScenario }, document, column) => {
    found.row = -1;
    found.score = -Infinity;
    const end = offsets[document + 1] ?? 0;
    for (let row = offsets[document] ?? 0; row < end; row++) {
      const score = scores[(documents + row - firstScenario) * width + column] ?? 0;
      // so written that what is no number gets through, and is refused where it is used
      if (score <= found.score || usable?.[row] === 0) continue;
      found.score = score;
      found.row = row;
    }
    return found;
  };
}

/** In double and in row order, rounded once. */
function foldAll({ aggregate, topK, usable }: Sweep, offsets: Int32Array, best: ScenarioFold): ScenarioFold {
  const folded = { row: -1, score: 0 };
  return (block, document, column) => {
    const { scores, width, documents, firstScenario } = block;
    folded.row = best(block, document, column).row;
    const own: number[] = [];
    const end = offsets[document + 1] ?? 0;
    for (let row = offsets[document] ?? 0; row < end; row++) {
      if (usable?.[row] !== 0) own.push(scores[(documents + row - firstScenario) * width + column] ?? 0);
    }
    const used = aggregate === "topk-mean" ? own.sort((a, b) => b - a).slice(0, topK) : own;
    const total = used.reduce((sum, score) => sum + score, 0);
    folded.score = Math.fround(aggregate === "sum" ? total : total / used.length);
    return folded;
  };
}
