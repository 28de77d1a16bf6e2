import type { InferenceSession } from "onnxruntime-node";
import { HarnessError } from "../errors.ts";
import type { BlockProduct, ProductBackend, ProductShape } from "./block-product.ts";
import { productGraph } from "./onnx-graph.ts";

/** A single row takes another path through the library, with other bits. */
const LEAST_ROWS = 2;

/**
 * Products of ONNX Runtime's matrix multiplication, one thread a session.
 *
 * Its kernels split the sums of a product that is narrow. From a width of 80 and from two rows on the bits of a score were
 * the same for all shapes tried (1.30.0, x64 with AVX2); the contract suite repeats that check wherever it runs.
 */
export const ortProduct: ProductBackend = {
  tile: { least: 128, step: 16 },
  async start() {
    const runtime = await loadRuntime();
    const session = await runtime.InferenceSession.create(productGraph(), {
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      executionMode: "sequential",
      // the session allocates nothing that is worth keeping: without its pools a search took 0.91 to 0.97 of the CPU
      enableCpuMemArena: false,
      enableMemPattern: false,
      logSeverityLevel: 3,
    });
    return { version: runtime.env.versions.node ?? "", open: (shape) => openProduct(runtime, session, shape) };
  },
};

type Runtime = Awaited<ReturnType<typeof loadRuntime>>;

function openProduct({ Tensor }: Runtime, session: InferenceSession, shape: ProductShape): BlockProduct {
  const { dim, width, maxRows, scores: out } = shape;
  const tiles = shape.tiles.slice(); // the library refuses shared memory ("Invalid argument")
  const room = Math.max(maxRows, LEAST_ROWS);
  const input = new Float32Array(room * dim);
  const pair = new Float32Array(LEAST_ROWS * width);
  return {
    input,
    async multiply(count, tile) {
      const rows = Math.max(count, LEAST_ROWS);
      const start = tile * width * dim;
      const vectors = new Tensor("float32", input.subarray(0, rows * dim), [rows, dim]);
      const queries = new Tensor("float32", tiles.subarray(start, start + width * dim), [width, dim]);
      const target = rows > count ? pair : out.subarray(0, rows * width);
      await session.run({ vectors, queries }, { scores: new Tensor("float32", target, [rows, width]) });
      if (rows > count) out.set(pair.subarray(0, count * width));
    },
  };
}

async function loadRuntime() {
  try {
    return await import("onnxruntime-node");
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split("\n")[0] : String(cause);
    throw new HarnessError("ENGINE_UNAVAILABLE", `engine \`ort\`: onnxruntime-node does not load here (${reason}).`, {
      hint: "Use `auto`, which takes the next best engine.",
      cause,
    });
  }
}
