import { faiss } from "../../harness/engine/faiss.ts";
import type { Answer, Cut, Engine, RankedRows, SearchRequest } from "../../harness/engine/types.ts";
import { answersTo, makeProblem, type Problem } from "../engine/problem.ts";

/** Rounding of float32 sums of products of unit vectors stays well below. */
export const NOISE = 1e-6;

export async function openFaiss(options: object = {}, { threads = 2, maxBytes = 2 ** 30 } = {}): Promise<Engine> {
  return await faiss.create(faiss.options.parse(options), { threads, maxBytes }).open();
}

/** All answers of an engine that is opened and closed for it. */
export async function answers(request: SearchRequest, options?: object, services?: object): Promise<readonly Answer[]> {
  const engine = await openFaiss(options, services);
  try {
    return await answersTo(engine, request);
  } finally {
    await engine.close();
  }
}

/** The same depths for every query. */
export function cut(queries: number, document: number, scenario = 1): Cut {
  return { depths: Array.from({ length: queries }, () => ({ document, scenario })), excluded: "leave" };
}

/** Documents with up to three scenarios each, and queries. */
export function problemOf(shape: { documents: number; queries: number; dim: number }): Problem {
  const counts = Array.from({ length: shape.documents }, (_, row) => row % 4);
  return makeProblem({ dim: shape.dim, counts, queries: shape.queries, seed: 7 });
}

/** How far scores are from exact ones at most: of the row that is there, and of the one that should be. */
export function largestError({ rows, scores }: RankedRows, exact: Float64Array, expected: Int32Array): number {
  return Math.max(
    0,
    ...Array.from(rows, (row, rank) => {
      const score = scores[rank] ?? Number.NaN;
      return Math.max(Math.abs(score - (exact[row] ?? 0)), Math.abs(score - (exact[expected[rank] ?? -1] ?? 0)));
    }),
  );
}
