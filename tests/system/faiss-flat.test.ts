import { expect, it } from "vitest";
import { topRows } from "../../harness/domain/top-rows.ts";
import type { Cut, RankedRows, Sweep } from "../../harness/engine/types.ts";
import { readFaissVectors, writeFaissVectors } from "../../harness/storage/faiss-file.ts";
import { answersTo, anyProblem, embeddings, exactScores, requestOf } from "../engine/problem.ts";
import { fc } from "../seeded-fast-check.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { describeWithFaiss } from "../with-faiss.ts";
import { answers, cut, largestError, NOISE, openFaiss, problemOf } from "./faiss-search.ts";

const folder = temporaryFolder();

const PLAIN: Sweep = {
  ...{ weights: [{ document: 1, scenario: 0 }], k: 10, aggregate: "max", topK: 1, missing: "document-only" },
};

type Expectation = {
  readonly exact: Float64Array;
  readonly ties: Int32Array;
  readonly depth: number;
  readonly allowed: (row: number) => boolean;
};

/** The rows that exact scores put first, except where scores are closer than noise; there FAISS's own scores decide. */
function expectHead(list: RankedRows | undefined, { exact, ties, depth, allowed }: Expectation): void {
  const { rows, scores } = list ?? expect.fail();
  const expected = topRows(exact, Int32Array.from(exact.keys()).filter(allowed), ties, depth);
  expect(rows.length).toBe(expected.length);
  expect(new Set(rows).size).toBe(rows.length);
  expect(rows.every(allowed)).toBe(true);
  expect(largestError({ rows, scores }, exact, expected)).toBeLessThan(NOISE);
  for (const [rank, row] of rows.entries()) {
    const [before = Infinity, score = -Infinity] = [scores[rank - 1], scores[rank]];
    expect(before).toBeGreaterThanOrEqual(score);
    if (before === score) expect(ties[rows[rank - 1] ?? -1]).toBeLessThan(ties[row] ?? -1);
  }
}

describeWithFaiss("the engine faiss with a flat index", () => {
  it("gives the heads of both channels, whatever the shape, excluded documents left out or not", async () => {
    const engine = await openFaiss();
    await fc.assert(
      fc.asyncProperty(anyProblem, fc.constantFrom("leave", "stay"), fc.boolean(), fc.nat(60), async (...drawn) => {
        const [problem, excluded, skipNoise, deep] = drawn;
        const { layout, queries } = problem;
        const usable = skipNoise ? layout.noise.map((flag) => 1 - flag) : undefined;
        const depths = Array.from({ length: queries.count }, (_, query) => ({
          document: 1 + ((deep + query) % 30),
          scenario: 1 + deep + query,
        }));
        for (const { query, cuts } of await answersTo(engine, {
          ...requestOf(problem),
          cuts: [{ depths, excluded, usable }],
        })) {
          const exact = exactScores(problem, query);
          const out = new Set(excluded === "leave" ? problem.excluded[query] : []);
          expectHead(cuts[0]?.documents, {
            ...{ exact: exact.document, ties: layout.ties, depth: depths[query]?.document ?? 0 },
            allowed: (row) => !out.has(row),
          });
          expectHead(cuts[0]?.scenarios, {
            ...{ exact: exact.scenario, ties: layout.scenarioTies, depth: depths[query]?.scenario ?? 0 },
            allowed: (row) => usable?.[row] !== 0 && !out.has(layout.owners[row] ?? -1),
          });
        }
      }),
      { numRuns: 15 },
    );
    await engine.close();
  });

  it("does so where queries come in several tiles, in order", async () => {
    const problem = problemOf({ documents: 400, queries: 150, dim: 260 });
    const { layout } = problem;
    const found = await answers({ ...requestOf(problem), cuts: [cut(150, 40, 90)] });
    expect(found.map(({ query }) => query)).toEqual(Array.from({ length: 150 }, (_, query) => query));
    for (const { query, cuts, scores } of found) {
      const exact = exactScores(problem, query);
      const out = new Set(problem.excluded[query]);
      expect(scores).toBeUndefined();
      expectHead(cuts[0]?.documents, {
        ...{ exact: exact.document, ties: layout.ties, depth: 40 },
        allowed: (row) => !out.has(row),
      });
      expectHead(cuts[0]?.scenarios, {
        ...{ exact: exact.scenario, ties: layout.scenarioTies, depth: 90 },
        allowed: (row) => !out.has(layout.owners[row] ?? -1),
      });
    }
  });

  it("ranks documents alone as a sweep, by the rule for missing scenarios", async () => {
    const problem = problemOf({ documents: 100, queries: 4, dim: 16 });
    const { documents, queries, excluded } = requestOf(problem);
    const weights = [{ document: 0.5, scenario: 0.5 }];
    const sweeps = (["document-only", "zero", "drop"] as const).map((missing) => ({ ...PLAIN, weights, missing }));
    for (const { query, sweeps: found } of await answers({ documents, queries, excluded, sweeps })) {
      const [alone, zero, drop] = found.map(([hits]) => hits);
      expectHead(alone, {
        ...{ exact: exactScores(problem, query).document, ties: documents.ties, depth: 10 },
        allowed: (row) => problem.excluded[query]?.includes(row) === false,
      });
      expect(alone?.documentScores).toEqual(Float32Array.from(alone?.scores ?? []));
      expect(alone && [...alone.scenarioRows]).toEqual(Array(10).fill(-1));
      expect(zero?.scores).toEqual(alone?.scores.map((score) => score / 2));
      expect(zero?.rows).toEqual(alone?.rows);
      expect(drop?.rows.length).toBe(0);
    }
  });

  it("answers several cuts of one request, each with its own scenarios", async () => {
    const problem = problemOf({ documents: 40, queries: 3, dim: 8 });
    const count = problem.scenarios.count; // 40 / 4 * (0 + 1 + 2 + 3)
    const usable = Uint8Array.from({ length: count }, (_, row) => row % 2);
    const stay: Cut = { ...cut(3, 1, count), excluded: "stay" };
    const cuts = [{ ...stay, usable }, stay, { ...stay, usable: new Uint8Array(count) }];
    for (const { query, cuts: found } of await answers({ ...requestOf(problem), cuts })) {
      const { scenario: exact } = exactScores(problem, query);
      const [some, all, none] = found.map(({ scenarios }) => scenarios);
      const expectation = { exact, ties: problem.layout.scenarioTies, depth: count };
      expectHead(some, { ...expectation, allowed: (row) => row % 2 === 1 });
      expectHead(all, { ...expectation, allowed: () => true });
      expect([some, all, none].map((list) => list?.rows.length)).toEqual([30, 60, 0]);
    }
  });

  it("gives equal vectors to the lower tie rank, also at the end of a list", async () => {
    const vectors = { count: 100, dim: 2, rows: new Float32Array(200).fill(1) };
    const ties = Int32Array.from({ length: 100 }, (_, row) => 99 - row);
    const queries = embeddings(2, [1, 2]);
    const [answer] = await answers({ documents: { vectors, ties }, queries, cuts: [cut(1, 4)] });
    expect(answer?.cuts[0]?.documents).toEqual({
      rows: Int32Array.of(99, 98, 97, 96),
      scores: Float64Array.of(3, 3, 3, 3), // 1 * 1 + 1 * 2
    });
  });

  it("reads vectors from files", async () => {
    const { documents: inMemory, queries, layout } = problemOf({ documents: 500, queries: 2, dim: 16 });
    const path = folder.path("documents.faiss");
    await writeFaissVectors(path, { ...inMemory, metric: "inner-product", pieces: [inMemory.rows] });
    const { vectors } = await readFaissVectors(path);
    const rest = { queries, cuts: [cut(2, 20)] };
    expect(await answers({ documents: { vectors, ties: layout.ties }, ...rest })).toEqual(
      await answers({ documents: { vectors: inMemory, ties: layout.ties }, ...rest }),
    );
  });

  it("answers from no documents with nothing, no queries with nothing, and zero vectors with 0", async () => {
    const queries = embeddings(3, [1, 0, 0], [0, 0, 0]);
    const nothing = { vectors: embeddings(3), ties: new Int32Array(0) };
    const zeros = { vectors: embeddings(3, [0, 0, 0], [0, 0, 0]), ties: Int32Array.of(1, 0) };
    const empty = await answers({ documents: nothing, queries, cuts: [cut(2, 5)] });
    expect(empty.map(({ cuts }) => cuts[0]?.documents.rows.length)).toEqual([0, 0]);
    expect(await answers({ documents: zeros, queries: embeddings(3), cuts: [cut(0, 5)] })).toEqual([]);
    for (const { cuts } of await answers({ documents: zeros, queries, cuts: [cut(2, 5)] })) {
      expect(cuts[0]?.documents).toEqual({ rows: Int32Array.of(1, 0), scores: Float64Array.of(0, 0) });
    }
  });

  it("says that it is exact, and what it consists of", async () => {
    const engine = await openFaiss();
    expect(engine.notes).toEqual([]);
    expect(engine.identity).toMatchObject({ kind: "faiss", version: "0.5.1", index: "Flat" });
    await engine.close();
  });

  it("tells how far it is", async () => {
    const { documents, queries } = requestOf(problemOf({ documents: 300, queries: 1, dim: 8 }));
    const calls: number[][] = [];
    await answers({ documents, queries, cuts: [cut(1, 1)], onProgress: (done, total) => calls.push([done, total]) });
    expect(calls.at(-1)).toEqual([300, 300]);
  });
});
