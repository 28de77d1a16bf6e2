import { setFlagsFromString } from "node:v8";
import { HarnessError } from "../errors.ts";
import type { BlockProduct, OpenProduct, ProductBackend, ProductShape } from "./block-product.ts";
import { KERNEL_QUERIES, KERNEL_ROWS, type KernelParameters, kernelBytes } from "./wasm-kernel.ts";
import { compileKernel, isKernel, type KernelModule, openKernel } from "./web-assembly.ts";

const FLOAT = Float32Array.BYTES_PER_ELEMENT;
/** Dimensions summed before they are added to a score: few, since errors grow with the length of a sum. */
const DIMENSIONS = 128;
/** Rows of a call: few, so that it ends soon, since V8 takes its faster code only when a function is called anew. */
const CALL_ROWS = 64;

/** Products of a kernel in WebAssembly with vectors of four float32; it runs wherever V8 compiles for the machine. */
export const wasmProduct: ProductBackend = {
  tile: { least: KERNEL_QUERIES, step: KERNEL_QUERIES },
  start: () => Promise.resolve().then(bestKernel),
};

/** @throws {HarnessError} `ENGINE_UNAVAILABLE` */
function bestKernel(): Awaited<ReturnType<ProductBackend["start"]>> {
  const plain = wasmKernel(false);
  if (knowsMultiplyAdd()) {
    const fused = wasmKernel(true);
    if (roundsOnce(fused)) return { version: "1-fused", open: fused };
  }
  // the relaxed instruction may round twice as well; then its digits are those of the plain kernel
  return { version: "1", open: plain };
}

/**
 * Products with one rounding a step or two.
 *
 * @throws {HarnessError} `ENGINE_UNAVAILABLE`
 */
export function wasmKernel(fused: boolean): OpenProduct {
  try {
    const module = compileKernel(kernelBytes(fused));
    return (shape) => openProduct(module, shape);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new HarnessError("ENGINE_UNAVAILABLE", `engine \`wasm\`: WebAssembly does not run here (${reason}).`, {
      hint: "Use `auto`, which takes the next best engine.",
      cause,
    });
  }
}

function openProduct(module: KernelModule, { dim, width, maxRows, tiles, scores: out }: ProductShape): BlockProduct {
  const room = Math.ceil(maxRows / KERNEL_ROWS) * KERNEL_ROWS;
  const floats = tiles.length + room * (dim + width);
  const { buffer, run } = openKernel<KernelParameters>(module, floats * FLOAT);
  const panels = new Float32Array(buffer, 0, tiles.length);
  const input = new Float32Array(buffer, panels.byteLength, room * dim);
  const scores = new Float32Array(buffer, input.byteOffset + input.byteLength, room * width);
  packPanels(tiles, dim, panels);

  /** @param first row, and first query of all tiles' @param groups of rows */
  function multiplyRows(first: number, firstQuery: number, groups: number): void {
    for (let from = 0; from < dim; from += DIMENSIONS) {
      for (let query = 0; query < width; query += KERNEL_QUERIES) {
        run(
          input.byteOffset + (first * dim + from) * FLOAT,
          panels.byteOffset + ((firstQuery + query) * dim + from * KERNEL_QUERIES) * FLOAT,
          scores.byteOffset + (first * width + query) * FLOAT,
          groups,
          Math.min(DIMENSIONS, dim - from),
          dim * FLOAT,
          width * FLOAT,
        );
      }
    }
  }

  return {
    input,
    multiply(count, tile) {
      scores.fill(0, 0, count * width);
      for (let first = 0; first < count; first += CALL_ROWS) {
        multiplyRows(first, tile * width, Math.ceil(Math.min(CALL_ROWS, count - first) / KERNEL_ROWS));
      }
      out.set(scores.subarray(0, count * width));
    },
  };
}

/** Queries in panels, each dimension by dimension. */
function packPanels(queries: Float32Array, dim: number, panels: Float32Array): void {
  let to = 0;
  for (let panel = 0; panel < queries.length; panel += KERNEL_QUERIES * dim) {
    for (let at = panel; at < panel + dim; at++) {
      for (let query = 0; query < KERNEL_QUERIES; query++) panels[to++] = queries[at + query * dim] ?? 0;
    }
  }
}

/** Whether the engine has relaxed SIMD. V8 up to 11.3 (Node 20) has it when told so; later versions always do. */
function knowsMultiplyAdd(): boolean {
  const bytes = kernelBytes(true);
  if (!isKernel(bytes)) setFlagsFromString("--experimental-wasm-relaxed-simd");
  return isKernel(bytes);
}

/** (1 + 2^-12)^2 - 1 is 2^-11 + 2^-24; a product that is rounded before it is added to -1 has lost its last bit. */
function roundsOnce(open: OpenProduct): boolean {
  const tiles = new Float32Array(2 * KERNEL_QUERIES);
  tiles.set([1, 1 + 2 ** -12]);
  const scores = new Float32Array(KERNEL_QUERIES);
  const { input, multiply } = open({ dim: 2, width: KERNEL_QUERIES, maxRows: 1, tiles, scores });
  input.set([-1, 1 + 2 ** -12]);
  void multiply(1, 0);
  return scores[0] === 2 ** -11 + 2 ** -24;
}
