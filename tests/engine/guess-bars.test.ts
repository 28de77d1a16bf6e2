import { afterAll, describe, expect, it } from "vitest";
import { exactEngine } from "../../harness/engine/exact-engine.ts";
import { flatProduct } from "../../harness/engine/flat-product.ts";
import { sampleDepth } from "../../harness/engine/guess-bars.ts";
import { type PassRunner, runHere } from "../../harness/engine/pass-runner.ts";
import { createEngine } from "../../harness/engine/registry.ts";
import { sampleRows } from "../../harness/engine/sample-request.ts";
import { definition, expectSameHits, PLAIN } from "./agreement.ts";
import { answersTo, EXACT_ENGINES, embeddings, makeProblem, requestOf } from "./problem.ts";

describe("sampleDepth", () => {
  /** P(X >= depth) of a Poisson variable, whose tail is above that of draws without replacement. */
  function tail(expected: number, depth: number): number {
    let term = Math.exp(-expected);
    let sum = 0;
    for (let n = 1; n < depth + 200; n++) {
      term *= expected / n;
      if (n >= depth) sum += term;
    }
    return sum;
  }

  it.each([0.01, 0.3, 1, 3.125, 10, 31.25, 100])(
    "is deep enough, and little deeper, where %d are expected",
    (expected) => {
      const depth = sampleDepth(expected);
      expect(tail(expected, depth)).toBeLessThanOrEqual(1e-7);
      expect(tail(expected, Math.floor(0.85 * depth) - 1)).toBeGreaterThan(1e-7);
    },
  );
});

/** Enough documents that the engines guess, for each k up to 20. */
const MANY = 4_000;
const STRIDE = 32;
const QUERIES = 5;

describe("guessBars", () => {
  const problem = makeProblem({
    dim: 6,
    counts: Array.from({ length: MANY }, (_, row) => row % 4),
    queries: QUERIES,
    seed: 21,
  });

  /** The plain engine, and how often it has walked over vectors. */
  async function counting() {
    const { open } = await flatProduct.start();
    const inner = runHere(open);
    const walks: number[] = [];
    const runner: PassRunner = {
      ...inner,
      run(pass, onBlock) {
        walks.push(pass.documents.vectors.count);
        return inner.run(pass, onBlock);
      },
    };
    return { engine: exactEngine({ identity: "test", tile: flatProduct.tile, runner, maxBytes: 2 ** 28 }), walks };
  }

  it.each(EXACT_ENGINES)("leaves the answers of engine $kind exact", async ({ kind }) => {
    const engine = await createEngine({ kind }, { threads: 2, maxBytes: 2 ** 28 }).open();
    afterAll(() => engine.close());
    const sweeps = [20, 3].map((k) => ({ ...PLAIN, k }));
    const answers = await answersTo(engine, { ...requestOf(problem), sweeps });
    expect(answers.map(({ query }) => query)).toEqual([0, 1, 2, 3, 4]);
    for (const { query, sweeps: found } of answers) {
      const expected = definition(problem, query, PLAIN, false);
      for (const [index, { k }] of sweeps.entries()) {
        for (const [pair, hits] of (found[index] ?? []).entries()) {
          expectSameHits(hits, { expected: expected[pair] ?? [], k, ties: problem.layout.ties });
        }
      }
    }
  });

  it("costs a walk over one document in 32", async () => {
    const { engine, walks } = await counting();
    await answersTo(engine, { ...requestOf(problem), sweeps: [{ ...PLAIN, k: 20 }] });
    expect(walks).toEqual([MANY / STRIDE, MANY]);
  });

  it("asks nothing of a corpus so small, or of hits so many, that it would not pay", async () => {
    const few = makeProblem({ dim: 6, counts: Array.from({ length: 400 }, () => 1), queries: 2, seed: 3 });
    const { engine, walks } = await counting();
    await answersTo(engine, { ...requestOf(few), sweeps: [{ ...PLAIN, k: 20 }] });
    await answersTo(engine, { ...requestOf(problem), sweeps: [{ ...PLAIN, k: 2000 }] });
    await answersTo(engine, { ...requestOf(problem), scores: true });
    expect(walks).toEqual([400, MANY, MANY]);
  });

  it("searches again without guesses, from the first query on whose guess was too high", async () => {
    // the drawn documents are the best of all for queries 2 and 3, so what they let expect is not there
    const drawn = sampleRows(MANY, STRIDE);
    const rows = Array.from({ length: MANY }, (_, row) => [row / MANY, 0]);
    for (const row of drawn) rows[row] = [row / MANY, 1 + row / MANY];
    const queries = embeddings(2, [1, 0], [0.5, 0], [0, 1], [0, 0.5], [-1, 0]);
    const ties = Int32Array.from({ length: MANY }, (_, row) => MANY - 1 - row);
    const k = drawn.length + 20;
    const sweep = { ...PLAIN, weights: [{ document: 1, scenario: 0 }], k };
    const cuts = [
      { depths: [1, 2, 3, 4, 5].map((document) => ({ document, scenario: 1 })), excluded: "leave" as const },
    ];
    const excluded = [[], [3999], [], [drawn.at(-1) ?? 0], [0]].map((own) => Int32Array.from(own));
    const { engine, walks } = await counting();
    const request = { documents: { vectors: embeddings(2, ...rows), ties }, queries, excluded, sweeps: [sweep], cuts };
    const answers = await answersTo(engine, request);
    expect(walks).toEqual([MANY / STRIDE, MANY, MANY]);
    expect(answers.map(({ query }) => query)).toEqual([0, 1, 2, 3, 4]);
    const scoreOf = (query: number, row: number) =>
      [0, 1].reduce((sum, d) => sum + (rows[row]?.[d] ?? 0) * (queries.rows[2 * query + d] ?? 0), 0);
    for (const { query, sweeps, cuts } of answers) {
      const best = [...ties.keys()]
        .filter((row) => !excluded[query]?.includes(row))
        .map((row) => ({ row, score: Math.fround(scoreOf(query, row)) }))
        .sort((a, b) => b.score - a.score || b.row - a.row)
        .map(({ row }) => row);
      expect([...(sweeps[0]?.[0]?.rows ?? [])]).toEqual(best.slice(0, k));
      expect([...(cuts[0]?.documents.rows ?? [])]).toEqual(best.slice(0, query + 1));
    }
  });

  it("lets the search of all name a drawn document that is not finite", async () => {
    const bad = sampleRows(MANY, STRIDE)[9] ?? 0;
    const rows = problem.documents.rows.slice().fill(Number.NaN, bad * 6, bad * 6 + 1);
    const { engine } = await counting();
    const documents = { ...requestOf(problem).documents, vectors: { ...problem.documents, rows } };
    const request = { ...requestOf(problem), documents, sweeps: [{ ...PLAIN, k: 20 }] };
    const message = expect.stringContaining(`row ${bad}`);
    await expect(answersTo(engine, request)).rejects.toMatchObject({ code: "SCORE_INVALID", message });
  });
});
