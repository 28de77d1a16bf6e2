import { afterAll, describe, expect, it } from "vitest";
import { createEngine } from "../../harness/engine/registry.ts";
import type { Engine, EngineServices, SearchRequest } from "../../harness/engine/types.ts";
import { definition, expectSameHits, mirror, PLAIN } from "./agreement.ts";
import { answersTo, EXACT_ENGINES, makeProblem, requestOf } from "./problem.ts";

/** A problem of many blocks and several tiles, answered under every circumstance that must not matter. */
describe.each(EXACT_ENGINES)("engine $kind", ({ kind }) => {
  const opened: Promise<Engine>[] = [];
  function open(services: Partial<EngineServices> = {}): Promise<Engine> {
    const engine = createEngine({ kind }, { threads: 2, maxBytes: 2 ** 28, ...services }).open();
    opened.push(engine);
    return engine;
  }
  const usual = open();
  afterAll(async () => {
    for (const engine of opened) await (await engine).close();
  });

  const counts = Array.from({ length: 400 }, (_, row) => (row * 7) % 6);
  const problem = makeProblem({ dim: 260, counts, queries: 300, seed: 11 });
  const request: SearchRequest = {
    ...requestOf(problem),
    sweeps: [
      { ...PLAIN, k: 20 },
      { ...PLAIN, k: 1 },
    ],
  };
  const usualAnswers = usual.then((engine) => answersTo(engine, request));

  it("is exact", async () => {
    const answers = await usualAnswers;
    expect(answers.length).toBe(300);
    for (const { query, sweeps } of answers.filter(({ query }) => query % 23 === 0)) {
      const expected = definition(problem, query, PLAIN, false);
      for (const [index, k] of [20, 1].entries()) {
        for (const [pair, hits] of (sweeps[index] ?? []).entries()) {
          expectSameHits(hits, { expected: expected[pair] ?? [], k, ties: problem.layout.ties });
        }
      }
    }
  });

  it.each([
    { why: "threads", services: { threads: 1 } },
    { why: "more threads than blocks", services: { threads: 5 } },
    { why: "memory, that is of block sizes and of how many queries share a pass", services: { maxBytes: 2_000_000 } },
  ])("does not depend on $why", async ({ services }) => {
    expect(await answersTo(await open(services), request)).toEqual(await usualAnswers);
  });

  it("does not depend on the other queries", async () => {
    const [first = 0, count = 0] = [170, 5];
    const { dim, rows } = problem.queries;
    const queries = { count, dim, rows: rows.subarray(first * dim, (first + count) * dim) };
    const excluded = problem.excluded.slice(first, first + count);
    const alone = await answersTo(await usual, { ...request, queries, excluded });
    expect(alone.map(({ sweeps }) => sweeps)).toEqual(
      (await usualAnswers).slice(first, first + count).map(({ sweeps }) => sweeps),
    );
  });

  it("does not depend on the order in which documents are stored", async () => {
    const mirrored = await answersTo(await usual, { ...requestOf(mirror(problem)), sweeps: request.sweeps });
    const last = counts.length - 1;
    for (const [query, { sweeps }] of mirrored.entries()) {
      const expected = (await usualAnswers)[query]?.sweeps;
      const scores = (lists: typeof sweeps | undefined) => lists?.map((hits) => hits.map(({ scores }) => scores));
      const rows = (lists: typeof sweeps | undefined) => lists?.map((hits) => hits.map(({ rows }) => rows));
      expect(scores(sweeps)).toEqual(scores(expected));
      expect(rows(sweeps)).toEqual(rows(expected)?.map((hits) => hits.map((own) => own.map((row) => last - row))));
    }
  });

  it("gives a document alone the score that it has among others, to the last bit", async () => {
    const problem = makeProblem({ dim: 260, counts: Array.from({ length: 40 }, () => 0), queries: 3, seed: 6 });
    const together = await answersTo(await usual, { ...requestOf(problem), scenarios: undefined, scores: true });
    for (const row of [1, 20, 39]) {
      const rows = problem.documents.rows.subarray(row * 260, (row + 1) * 260);
      const documents = { vectors: { count: 1, dim: 260, rows }, ties: Int32Array.of(0) };
      const alone = await answersTo(await usual, { documents, queries: problem.queries, scores: true });
      expect(alone.map(({ scores }) => scores?.document[0])).toEqual(
        together.map(({ scores }) => scores?.document[row]),
      );
    }
  });
});
