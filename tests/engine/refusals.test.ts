import { afterAll, describe, expect, it } from "vitest";
import { exactEngine } from "../../harness/engine/exact-engine.ts";
import { ortProduct } from "../../harness/engine/ort-product.ts";
import { runInThreads } from "../../harness/engine/pass-runner.ts";
import { createEngine } from "../../harness/engine/registry.ts";
import { PLAIN } from "./agreement.ts";
import { answersTo, EXACT_ENGINES, embeddings } from "./problem.ts";

describe.each(EXACT_ENGINES)("engine $kind", ({ kind }) => {
  const usual = createEngine({ kind }, { threads: 2, maxBytes: 2 ** 28 }).open();
  afterAll(async () => (await usual).close());

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
});

describe("an engine whose worker dies", () => {
  it("fails with one clear line, every time anew, and does not hang", async () => {
    const entry = new URL("dying-worker.mjs", import.meta.url);
    const runner = runInThreads({ product: "ort", threads: 2, entry });
    const engine = exactEngine({ identity: "test", tile: ortProduct.tile, runner, maxBytes: 2 ** 28 });
    const documents = { vectors: embeddings(2, [1, 0], [0, 1]), ties: Int32Array.of(0, 1) };
    const request = { documents, queries: embeddings(2, [1, 0]), sweeps: [PLAIN] };
    for (let attempt = 0; attempt < 2; attempt++) {
      await expect(answersTo(engine, request)).rejects.toMatchObject({
        code: "ENGINE_FAILED",
        message: expect.stringMatching(/^a worker thread ended with exit code 3\. .*$/),
      });
    }
    await engine.close();
  });
});
