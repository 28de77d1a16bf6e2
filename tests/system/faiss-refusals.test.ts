import { mkdir, readdir } from "node:fs/promises";
import { expect, it } from "vitest";
import type { SearchRequest, Sweep } from "../../harness/engine/types.ts";
import { embeddings, requestOf } from "../engine/problem.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { describeWithFaiss } from "../with-faiss.ts";
import { answers, cut, problemOf } from "./faiss-search.ts";

const folder = temporaryFolder();
const PLAIN: Sweep = {
  ...{ weights: [{ document: 1, scenario: 0 }], k: 10, aggregate: "max", topK: 1, missing: "document-only" },
};

describeWithFaiss("the engine faiss refuses", () => {
  const { documents, scenarios, queries } = requestOf(problemOf({ documents: 20, queries: 2, dim: 4 }));
  const good = { documents, queries, cuts: [cut(2, 3)] };
  const nan = embeddings(4, [0, 1, 0, 0], [0, 0, Number.NaN, 1]);
  const huge = embeddings(1, [3e38]);
  const ties = Int32Array.of(0, 1);

  it.each<{ name: string; request: SearchRequest; options?: object; maxBytes?: number; code: string }>([
    {
      name: "queries of another dimension",
      request: { ...good, queries: embeddings(1, [1], [2]) },
      code: "DIMENSION_MISMATCH",
    },
    { name: "a query that is no number", request: { ...good, queries: nan }, code: "SCORE_INVALID" },
    {
      name: "a document that is no number",
      request: { ...good, documents: { vectors: nan, ties } },
      code: "SCORE_INVALID",
    },
    {
      name: "a scenario that is no number",
      request: {
        documents: { vectors: embeddings(4, [1, 0, 0, 0]), ties: Int32Array.of(0) },
        scenarios: { vectors: nan, ties, offsets: Int32Array.of(0, 2) },
        queries,
        cuts: [cut(2, 1)],
      },
      code: "SCORE_INVALID",
    },
    {
      name: "products that are infinite",
      request: { documents: { vectors: huge, ties: Int32Array.of(0) }, queries: huge, cuts: [cut(1, 1)] },
      code: "SCORE_INVALID",
    },
    {
      name: "products that are no number",
      request: {
        documents: { vectors: embeddings(2, [3e38, -3e38]), ties: Int32Array.of(0) },
        queries: embeddings(2, [3e38, 3e38]),
        cuts: [cut(1, 1)],
      },
      code: "SCORE_INVALID",
    },
    { name: "fusion over the whole corpus", request: { ...good, scenarios, sweeps: [PLAIN] }, code: "SPEC_INVALID" },
    { name: "to give all scores", request: { ...good, scores: true }, code: "SPEC_INVALID" },
    {
      name: "to rank by no score",
      request: { ...good, sweeps: [{ ...PLAIN, missing: "zero", weights: [{ document: 0, scenario: 1 }] }] },
      code: "SPEC_INVALID",
    },
    { name: "more lists than vectors", request: good, options: { index: "IVF21,Flat" }, code: "SPEC_INVALID" },
    {
      name: "a parameter that the index does not have",
      request: good,
      options: { efSearch: 10 },
      code: "SPEC_INVALID",
    },
    { name: "an index that FAISS does not know", request: good, options: { index: "Flatter" }, code: "ENGINE_FAILED" },
    { name: "an index that makes FAISS abort", request: good, options: { index: "IDMap,Flat" }, code: "ENGINE_FAILED" },
    { name: "vectors that do not fit into memory", request: good, maxBytes: 100, code: "ENGINE_UNAVAILABLE" },
    { name: "a folder that is not there", request: good, options: { folder: "/no/such/folder" }, code: "NOT_WRITABLE" },
  ])("$name, in one line, and leaves no files", async ({ request, options = {}, maxBytes = 2 ** 30, code }) => {
    await mkdir(folder.path("indices"), { recursive: true });
    const settings = { folder: folder.path("indices"), ...options };
    const failure = await answers(request, settings, { threads: 1, maxBytes }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code, message: expect.stringMatching(/^[^\n]+\.$/) });
    expect(await readdir(folder.path("indices"))).toEqual([]);
  });
});
