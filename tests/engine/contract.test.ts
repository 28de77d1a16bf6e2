import { afterAll, describe, expect, it } from "vitest";
import { topRows } from "../../harness/domain/top-rows.ts";
import { createEngine } from "../../harness/engine/registry.ts";
import type { Sweep } from "../../harness/engine/types.ts";
import { fc } from "../seeded-fast-check.ts";
import { ALPHAS, definition, expectParts, expectSameHits, PLAIN, WEIGHTS } from "./agreement.ts";
import { answersTo, anyProblem, EXACT_ENGINES, embeddings, exactScores, makeProblem, requestOf } from "./problem.ts";

const anySweep = fc.record({
  weights: fc.constant(WEIGHTS),
  k: fc.oneof(fc.integer({ min: 1, max: 12 }), fc.constantFrom(100, 10_000)),
  aggregate: fc.constantFrom("max", "mean", "topk-mean", "sum"),
  topK: fc.integer({ min: 1, max: 4 }),
  missing: fc.constantFrom("document-only", "zero", "drop"),
});

describe.each(EXACT_ENGINES)("engine $kind", ({ kind, source }) => {
  const usual = createEngine({ kind }, { threads: 2, maxBytes: 2 ** 28 }).open();
  afterAll(async () => (await usual).close());

  it("names its source and says which engine it is", async () => {
    expect(source).not.toBe("");
    const { identity } = await usual;
    expect(identity).toMatchObject({ kind: expect.any(String), version: expect.any(String) });
  });

  it("fuses as the definition does, whatever the shape, the aggregate and the rule for missing scenarios", async () => {
    const engine = await usual;
    await fc.assert(
      fc.asyncProperty(anyProblem, anySweep, fc.boolean(), async (problem, sweep, skipNoise) => {
        const usable = skipNoise ? problem.layout.noise.map((flag) => 1 - flag) : undefined;
        const answers = await answersTo(engine, { ...requestOf(problem), sweeps: [{ ...sweep, usable }] });
        expect(answers.map(({ query }) => query)).toEqual(Array.from({ length: problem.queries.count }, (_, i) => i));
        for (const { query, sweeps } of answers) {
          const expected = definition(problem, query, sweep, skipNoise);
          for (const [pair, hits] of (sweeps[0] ?? []).entries()) {
            expectSameHits(hits, { expected: expected[pair] ?? [], k: sweep.k, ties: problem.layout.ties });
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it("gives the base ranking's scores at alpha 1, to the last bit", async () => {
    const problem = makeProblem({
      dim: 200,
      counts: Array.from({ length: 150 }, (_, row) => row % 4),
      queries: 9,
      seed: 3,
    });
    const request = requestOf(problem);
    const base = await answersTo(await usual, {
      ...request,
      scenarios: undefined,
      sweeps: [{ ...PLAIN, weights: [{ document: 1, scenario: 0 }] }],
    });
    const fused = await answersTo(await usual, { ...request, sweeps: [PLAIN] });
    for (const [query, { sweeps }] of fused.entries()) {
      const atOne = sweeps[0]?.[ALPHAS.indexOf(1)];
      expect(atOne?.rows).toEqual(base[query]?.sweeps[0]?.[0]?.rows);
      expect(atOne?.scores).toEqual(base[query]?.sweeps[0]?.[0]?.scores);
    }
  });

  it("says what every score is made of", async () => {
    const problem = makeProblem({ dim: 30, counts: [0, 3, 1, 2, 5], queries: 2, seed: 5 });
    for (const { query, sweeps } of await answersTo(await usual, { ...requestOf(problem), sweeps: [PLAIN] })) {
      for (const [pair, hits] of (sweeps[0] ?? []).entries()) expectParts(hits, { problem, query, pair });
    }
  });

  it("gives the heads of both channels, excluded documents left out or not", async () => {
    const engine = await usual;
    await fc.assert(
      fc.asyncProperty(anyProblem, fc.constantFrom("leave", "stay"), fc.nat(60), async (problem, excluded, deep) => {
        const depths = Array.from({ length: problem.queries.count }, (_, query) => ({
          document: 1 + ((deep + query) % 30),
          scenario: 1 + deep + query,
        }));
        const answers = await answersTo(engine, {
          ...requestOf(problem),
          cuts: [{ depths, excluded }],
          scores: true,
        });
        for (const { query, cuts, scores } of answers) {
          const { layout } = problem;
          const out = new Set(excluded === "leave" ? problem.excluded[query] : []);
          const depth = depths[query] ?? { document: 0, scenario: 0 };
          // the same scores, whole: what a cut is of
          const document = scores?.document ?? new Float64Array(0);
          const scenario = scores?.scenario ?? new Float64Array(0);
          const allowed = Int32Array.from(document.keys()).filter((row) => !out.has(row));
          const owned = Int32Array.from(scenario.keys()).filter((row) => !out.has(layout.owners[row] ?? -1));
          const documents = topRows(document, allowed, layout.ties, depth.document);
          const scenarios = topRows(scenario, owned, layout.scenarioTies, depth.scenario);
          expect(cuts[0]?.documents.rows).toEqual(documents);
          expect(cuts[0]?.scenarios.rows).toEqual(scenarios);
          expect([...(cuts[0]?.documents.scores ?? [])]).toEqual(Array.from(documents, (row) => document[row]));
        }
      }),
      { numRuns: 40 },
    );
  });

  it("gives every score when asked, to within float32 of the exact one", async () => {
    const problem = makeProblem({
      dim: 100,
      counts: Array.from({ length: 90 }, (_, row) => row % 3),
      queries: 20,
      seed: 8,
    });
    for (const { query, scores } of await answersTo(await usual, { ...requestOf(problem), scores: true })) {
      const exact = exactScores(problem, query);
      expect(scores?.document.length).toBe(90);
      for (const [row, score] of exact.document.entries()) expect(scores?.document[row]).toBeCloseTo(score, 6);
      for (const [row, score] of exact.scenario.entries()) expect(scores?.scenario[row]).toBeCloseTo(score, 6);
    }
  });

  describe("finds a document whose fused score lies above each of its views' scores", () => {
    const many = Array.from({ length: 50 }, (_, row) => row);
    it("because a missing scenario counts as 0", async () => {
      // fifty documents at -0.5 with a scenario at -0.5, then one at -0.8 without: 0.1 * -0.8 > -0.5
      const documents = {
        vectors: embeddings(1, ...many.map(() => [-0.5]), [-0.8]),
        ties: Int32Array.from([...many, 50]),
      };
      const scenarios = {
        vectors: embeddings(1, ...many.map(() => [-0.5])),
        ties: Int32Array.from(many),
        offsets: Int32Array.from([...many, 50, 50]),
      };
      const sweep: Sweep = { ...PLAIN, weights: [{ document: 0.1, scenario: 0.9 }], k: 1, missing: "zero" };
      const request = { documents, scenarios, queries: embeddings(1, [1]), sweeps: [sweep] };
      const [answer] = await answersTo(await usual, request);
      expect([...(answer?.sweeps[0]?.[0]?.rows ?? [])]).toEqual([50]);
    });

    it("because its scenarios add up", async () => {
      // fifty documents at 0.5 with one scenario at 0.5, then one at 0.1 with five at 0.2
      const documents = {
        vectors: embeddings(1, ...many.map(() => [0.5]), [0.1]),
        ties: Int32Array.from([...many, 50]),
      };
      const scenarios = {
        vectors: embeddings(1, ...many.map(() => [0.5]), ...many.slice(0, 5).map(() => [0.2])),
        ties: Int32Array.from({ length: 55 }, (_, row) => row),
        offsets: Int32Array.from([...many, 50, 55]),
      };
      const sweep: Sweep = { ...PLAIN, weights: [{ document: 0, scenario: 1 }], k: 1, aggregate: "sum" };
      const request = { documents, scenarios, queries: embeddings(1, [1]), sweeps: [sweep] };
      const [answer] = await answersTo(await usual, request);
      expect([...(answer?.sweeps[0]?.[0]?.rows ?? [])]).toEqual([50]);
    });
  });

  it("gives no hit where every document is excluded", async () => {
    const problem = makeProblem({ dim: 4, counts: [1, 2], queries: 2, seed: 1 });
    const excluded = [Int32Array.of(0, 1), Int32Array.of(0, 1)];
    for (const { sweeps } of await answersTo(await usual, { ...requestOf(problem), excluded, sweeps: [PLAIN] })) {
      expect(sweeps[0]?.map(({ rows }) => rows.length)).toEqual(ALPHAS.map(() => 0));
    }
  });

  it("gives a zero vector the score 0, and ties by rank", async () => {
    const documents = { vectors: embeddings(2, [0, 0], [1, 0], [0, 0]), ties: Int32Array.of(2, 1, 0) };
    const request = { documents, queries: embeddings(2, [0, 0], [1, 0]) };
    const [nothing, one] = await answersTo(await usual, { ...request, sweeps: [PLAIN] });
    expect(nothing?.sweeps[0]?.[0]).toMatchObject({ rows: Int32Array.of(2, 1, 0), scores: Float64Array.of(0, 0, 0) });
    expect(one?.sweeps[0]?.[0]).toMatchObject({ rows: Int32Array.of(1, 2, 0), scores: Float64Array.of(1, 0, 0) });
  });

  it("answers no query with nothing", async () => {
    const request = { documents: { vectors: embeddings(1, [1]), ties: Int32Array.of(0) }, queries: embeddings(1) };
    expect(await answersTo(await usual, { ...request, sweeps: [PLAIN] })).toEqual([]);
  });

  it("stops when told, tells how far it is, and works again after that", async () => {
    const engine = await usual;
    const problem = makeProblem({ dim: 8, counts: Array.from({ length: 900 }, () => 1), queries: 3, seed: 2 });
    const control = new AbortController();
    const seen: [number, number][] = [];
    const request = { ...requestOf(problem), sweeps: [PLAIN] };
    const onProgress = (done: number, total: number) => {
      seen.push([done, total]);
      control.abort(new Error("told to stop"));
    };
    await expect(answersTo(engine, { ...request, signal: control.signal, onProgress })).rejects.toThrow("told to stop");
    expect(seen[0]?.[0]).toBeGreaterThan(0);
    expect(seen[0]?.[1]).toBe(1_800);
    await expect(answersTo(engine, { ...request, signal: control.signal })).rejects.toThrow("told to stop");
    expect((await answersTo(engine, request)).length).toBe(3);
  });
});
