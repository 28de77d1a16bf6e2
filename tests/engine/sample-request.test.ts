import { describe, expect, it } from "vitest";
import type { Embeddings } from "../../harness/domain/embeddings.ts";
import { createEngine } from "../../harness/engine/registry.ts";
import { requestOfRows, sampleRows } from "../../harness/engine/sample-request.ts";
import { fc } from "../seeded-fast-check.ts";
import { storeVectors } from "../storage/stored-vectors.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { PLAIN } from "./agreement.ts";
import { answersTo, halved, makeProblem, requestOf } from "./problem.ts";

describe("sampleRows", () => {
  it("draws one row of each stride, the same ones every time", () => {
    fc.assert(
      fc.property(fc.nat(2000), fc.integer({ min: 1, max: 70 }), (count, stride) => {
        const rows = [...sampleRows(count, stride)];
        expect(rows.map((row) => Math.floor(row / stride))).toEqual([
          ...new Array<number>(Math.floor(count / stride)).keys(),
        ]);
        expect([...sampleRows(count, stride)]).toEqual(rows);
      }),
    );
  });

  it("draws from all places of a stride", () => {
    const places = new Set([...sampleRows(3200, 32)].map((row) => row % 32));
    expect(places.size).toBeGreaterThan(20);
  });
});

describe("requestOfRows", () => {
  const folder = temporaryFolder();
  const problem = halved(
    makeProblem({ dim: 5, counts: Array.from({ length: 90 }, (_, row) => row % 4), queries: 3, seed: 8 }),
  );
  const whole = requestOf(problem);
  const rows = Int32Array.of(0, 3, 4, 7, 49, 50, 51, 88, 89);
  const owned = [...rows].flatMap((row) => {
    const first = problem.layout.offsets[row] ?? 0;
    return Array.from({ length: row % 4 }, (_, own) => first + own);
  });

  it.each(["memory", "float32", "float16"] as const)(
    "asks about these rows alone, their vectors in %s",
    async (where) => {
      const store = (vectors: Embeddings, name: string, runs: readonly number[]) => {
        if (where === "memory") return vectors;
        const write = (file: string, content: Uint8Array) => folder.write(`${where}-${name}-${file}`, content);
        return storeVectors(vectors, { write, precision: where, runs, files: 2 });
      };
      const documents = { ...whole.documents, vectors: await store(problem.documents, "documents", [50, 1, 39]) };
      const vectors = await store(problem.scenarios, "scenarios", [60, 73]);
      const scenarios = whole.scenarios && { ...whole.scenarios, vectors };
      const engine = await createEngine({ kind: "flat" }, { threads: 1, maxBytes: 2 ** 28 }).open();
      const all = await answersTo(engine, { ...whole, scores: true });
      const some = await answersTo(engine, requestOfRows({ ...whole, documents, scenarios, scores: true }, rows));
      expect(some.map(({ scores }) => scores)).toEqual(
        all.map(({ scores }) => ({
          document: Float64Array.from(rows, (row) => scores?.document[row] ?? Number.NaN),
          scenario: Float64Array.from(owned, (row) => scores?.scenario[row] ?? Number.NaN),
        })),
      );
    },
  );

  it("keeps whose scenarios they are, which of them count, and what is excluded", () => {
    const usable = Uint8Array.from(problem.layout.owners, (_, row) => row % 2);
    const picked = requestOfRows({ ...whole, sweeps: [{ ...PLAIN, usable }] }, rows);
    expect([...(picked.scenarios?.offsets ?? [])]).toEqual([0, 0, 3, 3, 6, 7, 9, 12, 12, 13]);
    expect([...(picked.sweeps?.[0]?.usable ?? [])]).toEqual(owned.map((row) => row % 2));
    expect(picked.excluded?.map((own) => [...own].map((position) => rows[position]))).toEqual(
      problem.excluded.map((own) => [...own].filter((row) => rows.includes(row))),
    );
  });
});
