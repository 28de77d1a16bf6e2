import type { Embeddings } from "../../harness/domain/embeddings.ts";
import { layOutViews, type ViewLayout } from "../../harness/domain/view-layout.ts";
import { innerProducts } from "../../harness/engine/inner-products.ts";
import { engines } from "../../harness/engine/registry.ts";
import type { Answer, Engine, SearchRequest } from "../../harness/engine/types.ts";
import { fc } from "../seeded-fast-check.ts";

/** A corpus, its scenarios and queries as an engine gets them, and what the definition of fusion needs beside them. */
export type Problem = {
  readonly documents: Embeddings;
  readonly scenarios: Embeddings;
  readonly queries: Embeddings;
  readonly layout: ViewLayout;
  /** By query, ascending. */
  readonly excluded: readonly Int32Array[];
};

export type ProblemShape = {
  readonly dim: number;
  /** Scenarios of each document. */
  readonly counts: readonly number[];
  readonly queries: number;
  /** Equal seeds make equal problems. */
  readonly seed: number;
};

/**
 * Unit vectors in a narrow cone, as encoders make them, some of them zero and some the same as others, so that scores tie;
 * the tie order is shuffled, every ninth scenario is noise, and every query excludes a few documents.
 */
export function makeProblem({ dim, counts, queries, seed }: ProblemShape): Problem {
  const next = randomNumbers(seed);
  const offsets = new Int32Array(counts.length + 1);
  for (const [row, count] of counts.entries()) offsets[row + 1] = (offsets[row] ?? 0) + count;
  const scenarioCount = offsets.at(-1) ?? 0;
  const layout = layOutViews({
    ties: shuffled(counts.length, next),
    offsets,
    noise: Uint8Array.from({ length: scenarioCount }, () => (next() < 1 / 9 ? 1 : 0)),
  });
  return {
    documents: unitVectors(counts.length, dim, next),
    scenarios: unitVectors(scenarioCount, dim, next),
    queries: unitVectors(queries, dim, next),
    layout,
    excluded: Array.from({ length: queries }, () => Int32Array.from(layout.ties.keys()).filter(() => next() < 0.1)),
  };
}

/** Small problems of every shape: one document or query, documents without scenarios, one dimension. */
export const anyProblem: fc.Arbitrary<Problem> = fc
  .record({
    dim: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.constantFrom(64, 130, 257)),
    counts: fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 40 }),
    queries: fc.integer({ min: 1, max: 6 }),
    seed: fc.nat(),
  })
  .map(makeProblem);

/** The problem as a request with scenarios. */
export function requestOf({ documents, scenarios, queries, layout, excluded }: Problem): SearchRequest {
  return {
    documents: { vectors: documents, ties: layout.ties },
    scenarios: { vectors: scenarios, ties: layout.scenarioTies, offsets: layout.offsets },
    queries,
    excluded,
  };
}

export async function answersTo(engine: Engine, request: SearchRequest): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  for await (const answer of engine.search(request)) answers.push(answer);
  return answers;
}

/** Scores of one query in float64. */
export function exactScores({ documents, scenarios, queries }: Problem, query: number) {
  const { dim, rows } = queries;
  const vector = rows.subarray(query * dim, (query + 1) * dim);
  const document = new Float64Array(documents.count);
  const scenario = new Float64Array(scenarios.count);
  innerProducts(documents, vector, document);
  innerProducts(scenarios, vector, scenario);
  return { document, scenario };
}

export function embeddings(dim: number, ...rows: readonly (readonly number[])[]): Embeddings {
  return { count: rows.length, dim, rows: Float32Array.from(rows.flat()) };
}

/** The problem with values that float16 holds exactly: multiples of 1/1024 within [-1, 1]. */
export function halved(problem: Problem): Problem {
  const round = (vectors: Embeddings) => ({
    ...vectors,
    rows: vectors.rows.map((value) => Math.round(value * 1024) / 1024 + 0),
  });
  return { ...problem, documents: round(problem.documents), scenarios: round(problem.scenarios) };
}

/** Numbers in [0, 1) by a linear congruential generator. */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

function unitVectors(count: number, dim: number, next: () => number): Embeddings {
  const rows = new Float32Array(count * dim);
  for (let row = 0; row < count; row++) {
    const chance = next();
    const vector = Float64Array.from({ length: dim }, () => next() - 0.35);
    const norm = Math.hypot(...vector);
    if (chance < 0.05) continue;
    if (chance < 0.25 && row > 0) rows.copyWithin(row * dim, (row - 1) * dim, row * dim);
    else
      rows.set(
        vector.map((value) => value / norm),
        row * dim,
      );
  }
  return { count, dim, rows };
}

function shuffled(count: number, next: () => number): Int32Array {
  const values = Int32Array.from({ length: count }, (_, index) => index);
  for (let end = count - 1; end > 0; end--) {
    const other = Math.floor(next() * (end + 1));
    const held = values[end] ?? 0;
    values[end] = values[other] ?? 0;
    values[other] = held;
  }
  return values;
}

/**
 * Engines that every suite here runs. FAISS is not there by default and answers a part of the questions only:
 * tests/system/faiss-*.test.ts hold it to that part.
 */
export const EXACT_ENGINES = Object.values(engines).filter(({ kind }) => !["faiss"].includes(kind));
