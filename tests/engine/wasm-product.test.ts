import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import type { OpenProduct } from "../../harness/engine/block-product.ts";
import { wasmKernel, wasmProduct } from "../../harness/engine/wasm-product.ts";
import { fc } from "../seeded-fast-check.ts";
import { embeddings, makeProblem } from "./problem.ts";

type Vectors = { readonly count: number; readonly dim: number; readonly rows: Float32Array };

/** Scores of all rows and all queries, `width` a row, of which each row is multiplied with every tile. */
function multiply(open: OpenProduct, rows: Vectors, queries: Vectors, width: number): number[][] {
  const { dim } = rows;
  const tiles = new Float32Array(Math.ceil(queries.count / width) * width * dim);
  tiles.set(queries.rows);
  const out = new Float32Array(rows.count * width);
  const product = open({ dim, width, maxRows: rows.count, tiles, scores: out });
  product.input.set(rows.rows);
  const scores = Array.from({ length: rows.count }, (): number[] => []);
  for (let tile = 0; tile * width < queries.count; tile++) {
    void product.multiply(rows.count, tile);
    for (const [row, own] of scores.entries()) own.push(...out.subarray(row * width, (row + 1) * width));
  }
  return scores.map((own) => own.slice(0, queries.count));
}

function vectorsOf({ rows, dim }: Vectors): readonly Float32Array[] {
  return Array.from({ length: rows.length / dim }, (_, row) => rows.subarray(row * dim, (row + 1) * dim));
}

/** Every product and every sum rounded to float32, by ascending dimension, 128 at a time. */
function plainSum(a: Float32Array, b: Float32Array): number {
  let total = 0;
  for (let from = 0; from < a.length; from += 128) {
    let sum = 0;
    for (const [at, value] of a.subarray(from, from + 128).entries()) {
      sum = Math.fround(sum + Math.fround(value * (b[from + at] ?? Number.NaN)));
    }
    total = Math.fround(total + sum);
  }
  return total;
}

function exactSum(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, at) => sum + value * (b[at] ?? Number.NaN), 0);
}

const anyShape = fc.record({
  dim: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.constantFrom(127, 128, 129, 385)),
  rows: fc.oneof(fc.integer({ min: 1, max: 5 }), fc.constantFrom(63, 64, 65, 130)),
  queries: fc.integer({ min: 1, max: 40 }),
  width: fc.constantFrom(16, 32, 48),
  seed: fc.nat(),
});

describe("wasmKernel", () => {
  it("sums by ascending dimension with every step rounded, whatever the shape", () => {
    const open = wasmKernel(false);
    fc.assert(
      fc.property(anyShape, ({ dim, rows, queries: count, width, seed }) => {
        const counts = Array.from({ length: rows }, () => 0);
        const { documents, queries } = makeProblem({ dim, counts, queries: count, seed });
        const expected = vectorsOf(documents).map((row) => vectorsOf(queries).map((query) => plainSum(row, query)));
        expect(multiply(open, documents, queries, width)).toEqual(expected);
      }),
      { numRuns: 40 },
    );
  });

  it.each([
    { fused: true, dim: 4096 },
    { fused: false, dim: 4096 },
    { fused: true, dim: 1023 },
  ])("is within 1e-6 of the exact product (fused: $fused, $dim dimensions)", async ({ fused, dim }) => {
    await wasmProduct.start(); // Node 20 has to be told of the fused instruction
    const counts = Array.from({ length: 65 }, () => 0);
    const { documents, queries } = makeProblem({ dim, counts, queries: 20, seed: dim });
    const scores = multiply(wasmKernel(fused), documents, queries, 32);
    for (const [row, vector] of vectorsOf(documents).entries()) {
      for (const [query, other] of vectorsOf(queries).entries()) {
        expect(Math.abs((scores[row]?.[query] ?? Number.NaN) - exactSum(vector, other))).toBeLessThanOrEqual(1e-6);
      }
    }
  });

  it("hands on what is not finite to the scores of its row, and to no other", () => {
    const rows = embeddings(1, [1], [Number.NaN], [Number.POSITIVE_INFINITY], [3e38], [1]);
    const scores = multiply(wasmKernel(false), rows, embeddings(1, [1], [0], [-3e38]), 16);
    expect(scores).toEqual([
      [1, 0, Math.fround(-3e38)],
      [Number.NaN, Number.NaN, Number.NaN],
      [Number.POSITIVE_INFINITY, Number.NaN, Number.NEGATIVE_INFINITY],
      [Math.fround(3e38), 0, Number.NEGATIVE_INFINITY],
      [1, 0, Math.fround(-3e38)],
    ]);
  });
});

describe("wasmProduct", () => {
  it("says in its version whether a step is rounded once", async () => {
    const { version, open } = await wasmProduct.start();
    // 2^12 + 1 squared needs 25 bits: rounded before 2^24 leaves, its last one is lost
    const rows = embeddings(2, [2 ** 12, 2 ** 12 + 1]);
    const [[score] = []] = multiply(open, rows, embeddings(2, [-(2 ** 12), 2 ** 12 + 1]), 16);
    expect({ version, score }).toEqual(
      version === "1" ? { version: "1", score: 2 ** 13 } : { version: "1-fused", score: 2 ** 13 + 1 },
    );
  });

  it("says so where there is no WebAssembly", async () => {
    const file = JSON.stringify(new URL("../../dist/engine/wasm-product.js", import.meta.url).href);
    const script = `import(${file}).then(({ wasmProduct }) => wasmProduct.start()).catch(({ code }) => console.log(code))`;
    const { stdout } = await promisify(execFile)(process.execPath, ["--jitless", "-e", script]);
    expect(stdout).toBe("ENGINE_UNAVAILABLE\n");
  });
});
