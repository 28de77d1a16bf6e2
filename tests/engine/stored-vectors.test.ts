import { rm } from "node:fs/promises";
import { afterAll, describe, expect, it } from "vitest";
import type { Embeddings } from "../../harness/domain/embeddings.ts";
import { createEngine } from "../../harness/engine/registry.ts";
import { storeVectors } from "../storage/stored-vectors.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { PLAIN } from "./agreement.ts";
import { answersTo, EXACT_ENGINES, halved, makeProblem, requestOf } from "./problem.ts";

describe.each(EXACT_ENGINES)("engine $kind", ({ kind }) => {
  const folder = temporaryFolder();
  const usual = createEngine({ kind }, { threads: 2, maxBytes: 2 ** 28 }).open();
  afterAll(async () => (await usual).close());

  it("reads vectors from files: those of float32 give the same answers, those of float16 the answers of what they hold", async () => {
    const write = (name: string, content: Uint8Array) => folder.write(`${kind}-${name}`, content);
    const problem = halved(
      makeProblem({ dim: 24, counts: Array.from({ length: 99 }, (_, row) => row % 5), queries: 7, seed: 4 }),
    );
    const request = { ...requestOf(problem), sweeps: [PLAIN] };
    const expected = await answersTo(await usual, request);
    for (const precision of ["float32", "float16"] as const) {
      const store = async (vectors: Embeddings, runs: readonly number[]) =>
        storeVectors(vectors, {
          write: (name, content) => write(`${vectors.count}-${name}`, content),
          precision,
          runs,
          files: 2,
        });
      const stored = {
        ...request,
        documents: { ...request.documents, vectors: await store(problem.documents, [50, 1, 48]) },
        scenarios: request.scenarios && { ...request.scenarios, vectors: await store(problem.scenarios, [13, 183]) },
      };
      expect(await answersTo(await usual, stored)).toEqual(expected);
    }
  });

  it("says which file of vectors is gone, and works again after that", async () => {
    const problem = makeProblem({ dim: 3, counts: [1, 0], queries: 1, seed: 1 });
    const write = (name: string, content: Uint8Array) => folder.write(`gone-${name}`, content);
    const vectors = await storeVectors(problem.documents, { write, precision: "float32", runs: [2], files: 1 });
    const request = { ...requestOf(problem), sweeps: [PLAIN] };
    const stored = { ...request, documents: { ...request.documents, vectors } };
    const expected = await answersTo(await usual, stored);
    await rm(vectors.files[0] ?? "");
    await expect(answersTo(await usual, stored)).rejects.toMatchObject({
      code: "FILE_MISSING",
      message: expect.stringContaining(vectors.files[0] ?? "no path"),
    });
    expect(await answersTo(await usual, request)).toEqual(expected);
  });
});
