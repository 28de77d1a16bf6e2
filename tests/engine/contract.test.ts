import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { topRows } from "../../harness/domain/top-rows.ts";
import { createEngine, engines } from "../../harness/engine/registry.ts";
import type { Engine, EngineServices, Hits, SearchRequest, Sweep } from "../../harness/engine/types.ts";
import { createChannelFuser } from "../../harness/fuse/registry.ts";
import type { FusedHit } from "../../harness/fuse/types.ts";
import { answersTo, anyProblem, embeddings, exactScores, makeProblem, type Problem, requestOf } from "./problem.ts";

/** What float32 scores of unit vectors may be off, and sums of a few of them. */
const NOISE = 1e-6;
const ALPHAS = [0, 0.1, 0.5, 0.9, 1];
const WEIGHTS = ALPHAS.map((alpha) => ({ document: alpha, scenario: 1 - alpha }));
const PLAIN: Sweep = { weights: WEIGHTS, k: 100, aggregate: "max", topK: 3, missing: "document-only" };

const anySweep = fc.record({
  weights: fc.constant(WEIGHTS),
  k: fc.oneof(fc.integer({ min: 1, max: 12 }), fc.constantFrom(100, 10_000)),
  aggregate: fc.constantFrom("max", "mean", "topk-mean", "sum"),
  topK: fc.integer({ min: 1, max: 4 }),
  missing: fc.constantFrom("document-only", "zero", "drop"),
});

/** Not there by default, and an answer to a part of the questions only: tests/system/faiss-*.test.ts hold it to that part. */
const EXEMPT = new Set(["faiss"]);

describe.each(Object.values(engines).filter(({ kind }) => !EXEMPT.has(kind)))("engine $kind", ({ kind, source }) => {
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
      const exact = exactScores(problem, query);
      for (const [pair, hits] of (sweeps[0] ?? []).entries()) {
        const { document, scenario } = WEIGHTS[pair] ?? { document: 0, scenario: 0 };
        for (const [hit, row] of hits.rows.entries()) {
          const [own, folded] = [hits.documentScores[hit] ?? 0, hits.scenarioScores[hit] ?? 0];
          const matched = hits.scenarioRows[hit] ?? -1;
          expect(own).toBeCloseTo(exact.document[row] ?? Number.NaN, 6);
          expect(hits.scores[hit]).toBe(matched === -1 ? own : document * own + scenario * folded);
          if (matched === -1) continue;
          expect(problem.layout.owners[matched]).toBe(row);
          expect(folded).toBeCloseTo(exact.scenario[matched] ?? Number.NaN, 6);
        }
      }
    }
  });

  describe("on a problem of many blocks and tiles", () => {
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

  it.each([
    { why: "a document of another dimension", code: "DIMENSION_MISMATCH", more: { queries: embeddings(3, [1, 0, 0]) } },
    { why: "a query that is not finite", code: "SCORE_INVALID", more: { queries: embeddings(2, [1, Number.NaN]) } },
    { why: "k above 10,000", code: "SPEC_INVALID", more: { sweeps: [{ ...PLAIN, k: 10_001 }] } },
    { why: "k of 0", code: "SPEC_INVALID", more: { sweeps: [{ ...PLAIN, k: 0 }] } },
    {
      why: "a negative weight",
      code: "SPEC_INVALID",
      more: { sweeps: [{ ...PLAIN, weights: [{ document: -1, scenario: 0 }] }] },
    },
    {
      why: "flags for other scenarios",
      code: "DIMENSION_MISMATCH",
      more: { sweeps: [{ ...PLAIN, usable: new Uint8Array(2) }] },
    },
    { why: "exclusions of other queries", code: "DIMENSION_MISMATCH", more: { excluded: [] } },
    {
      why: "depths of other queries",
      code: "DIMENSION_MISMATCH",
      more: { cuts: [{ depths: [], excluded: "stay" as const }] },
    },
    ...[
      { why: "too few offsets", offsets: [0, 1] },
      { why: "offsets that do not begin at 0", offsets: [1, 1, 1] },
      { why: "falling offsets", offsets: [0, 2, 1] },
      { why: "offsets that do not end with the scenarios", offsets: [0, 0, 0] },
    ].map(({ why, offsets }) => ({
      why,
      code: "DIMENSION_MISMATCH",
      more: {
        scenarios: { vectors: embeddings(2, [1, 0]), ties: Int32Array.of(0), offsets: Int32Array.from(offsets) },
      },
    })),
  ])("refuses $why", async ({ code, more }) => {
    const documents = { vectors: embeddings(2, [1, 0], [0, 1]), ties: Int32Array.of(0, 1) };
    const request = { documents, queries: embeddings(2, [1, 0]), sweeps: [PLAIN], ...more };
    await expect(answersTo(await usual, request)).rejects.toMatchObject({ code });
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    "refuses a document or a scenario with %d in it, and works again after that",
    async (value) => {
      const engine = await usual;
      const good = { vectors: embeddings(2, [1, 0], [0, 1]), ties: Int32Array.of(0, 1) };
      const bad = { vectors: embeddings(2, [0, 1], [value, 0]), ties: Int32Array.of(0, 1) };
      const request = { documents: good, queries: embeddings(2, [0, 1]), sweeps: [PLAIN] };
      const code = "SCORE_INVALID";
      await expect(answersTo(engine, { ...request, documents: bad })).rejects.toMatchObject({ code });
      const scenarios = { ...bad, offsets: Int32Array.of(0, 1, 2) };
      await expect(answersTo(engine, { ...request, scenarios })).rejects.toMatchObject({ code });
      expect((await answersTo(engine, request)).length).toBe(1);
    },
  );

  it("refuses finite vectors whose product is not", async () => {
    const documents = { vectors: embeddings(1, [3e38], [1]), ties: Int32Array.of(0, 1) };
    const request = { documents, queries: embeddings(1, [1], [3e38]), sweeps: [PLAIN] };
    await expect(answersTo(await usual, request)).rejects.toMatchObject({ code: "SCORE_INVALID" });
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

type Expectation = { readonly expected: readonly FusedHit[]; readonly k: number; readonly ties: Int32Array };

/** The same ids at the same ranks, except where scores are closer than noise; there the engine's own scores decide. */
function expectSameHits(hits: Hits, { expected, k, ties }: Expectation): void {
  expect(hits.rows.length).toBe(Math.min(k, expected.length));
  expect(new Set(hits.rows).size).toBe(hits.rows.length);
  const scores = new Map(expected.map(({ row, score }) => [row, score]));
  for (const [rank, row] of hits.rows.entries()) {
    const score = hits.scores[rank] ?? Number.NaN;
    expect(Math.abs(score - (scores.get(row) ?? Number.NaN))).toBeLessThanOrEqual(NOISE);
    expect(Math.abs(score - (expected[rank]?.score ?? Number.NaN))).toBeLessThanOrEqual(NOISE);
    if (rank === 0) continue;
    const before = hits.scores[rank - 1] ?? Number.NaN;
    expect(before).toBeGreaterThanOrEqual(score);
    if (before === score) expect(ties[hits.rows[rank - 1] ?? -1]).toBeLessThan(ties[row] ?? -1);
  }
}

/** What `fuse/` makes of exact scores: every document that may be returned, at every alpha. */
function definition(problem: Problem, query: number, sweep: Omit<Sweep, "weights">, skipNoise: boolean) {
  const fuser = createChannelFuser({
    kind: "weighted-sum",
    aggregate: sweep.aggregate,
    topK: sweep.topK,
    missingScenario: sweep.missing,
    noise: skipNoise ? "as-missing" : "as-scenario",
  });
  return fuser.sweep(exactScores(problem, query), {
    alphas: ALPHAS,
    k: problem.documents.count,
    layout: problem.layout,
    excluded: new Set(problem.excluded[query]),
    hasExclusions: false,
    zeroMeansNoMatch: false,
  });
}

/** The same corpus, stored from the last document to the first. */
function mirror(problem: Problem): Problem {
  const { documents, scenarios, layout, excluded } = problem;
  const counts = Array.from(layout.ties.keys(), (row) => (layout.offsets[row + 1] ?? 0) - (layout.offsets[row] ?? 0));
  const offsets = new Int32Array(counts.length + 1);
  for (const [row, count] of counts.reverse().entries()) offsets[row + 1] = (offsets[row] ?? 0) + count;
  const last = counts.length - 1;
  return {
    ...problem,
    documents: { ...documents, rows: reverseRows(documents) },
    scenarios: { ...scenarios, rows: reverseRows(scenarios) },
    layout: {
      ...layout,
      ties: layout.ties.toReversed(),
      offsets,
      noise: layout.noise.toReversed(),
      owners: layout.owners.map((owner) => last - owner).reverse(),
    },
    excluded: excluded.map((rows) => rows.map((row) => last - row).reverse()),
  };
}

function reverseRows({ count, dim, rows }: { count: number; dim: number; rows: Float32Array }): Float32Array {
  const reversed = new Float32Array(rows.length);
  for (let row = 0; row < count; row++)
    reversed.set(rows.subarray(row * dim, (row + 1) * dim), (count - 1 - row) * dim);
  return reversed;
}
