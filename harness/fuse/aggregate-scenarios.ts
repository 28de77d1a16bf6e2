import type { ViewLayout } from "../domain/view-layout.ts";

type Aggregate = "max" | "mean" | "topk-mean" | "sum";

/** One score a document out of those of its scenarios. */
export type ScenarioChannel = {
  /** Length n; meaningless where `row` is -1. */
  readonly score: Float64Array;
  /** Row of the document's best scenario (the first of equals), -1 for a document without one; length n. */
  readonly row: Int32Array;
};

export type AggregateOptions = {
  readonly aggregate: Aggregate;
  /** How many of the best scenarios `topk-mean` averages; a document with fewer averages what it has. */
  readonly topK: number;
  /** Leave out scenarios marked as noise: a document with no other counts as having none. */
  readonly skipNoise: boolean;
};

/**
 * Folds scenario scores into one a document.
 *
 * @param scores one a scenario row
 */
export function aggregateScenarios(
  scores: Float64Array,
  layout: ViewLayout,
  options: AggregateOptions,
): ScenarioChannel {
  const documents = layout.offsets.length - 1;
  const folded = new Float64Array(documents);
  const best = new Int32Array(documents).fill(-1);
  for (let row = 0; row < scores.length; row++) {
    if (options.skipNoise && layout.noise[row] === 1) continue;
    const document = layout.owners[row] ?? 0;
    const score = scores[row] ?? 0;
    if (best[document] !== -1 && score <= (folded[document] ?? 0)) continue;
    best[document] = row;
    folded[document] = score;
  }
  // the loop above has already folded by maximum
  if (options.aggregate === "max") return { score: folded, row: best };
  return { score: foldOwn(scores, layout, options), row: best };
}

/** The general form: gathers each document's own scores, then folds them. */
function foldOwn(scores: Float64Array, { offsets, noise }: ViewLayout, options: AggregateOptions): Float64Array {
  return Float64Array.from({ length: offsets.length - 1 }, (_, document) => {
    const start = offsets[document] ?? 0;
    const own = scores
      .subarray(start, offsets[document + 1])
      .filter((_, i) => !(options.skipNoise && noise[start + i] === 1));
    return own.length === 0 ? 0 : fold(own, options);
  });
}

function fold(scores: Float64Array, { aggregate, topK }: AggregateOptions): number {
  const used = aggregate === "topk-mean" ? scores.slice().sort().subarray(-topK) : scores;
  const total = used.reduce((sum, score) => sum + score, 0);
  return aggregate === "sum" ? total : total / used.length;
}
