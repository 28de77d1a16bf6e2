import { z } from "zod";
import { exactEngine } from "./exact-engine.ts";
import { ortProduct } from "./ort-product.ts";
import { runInThreads } from "./pass-runner.ts";
import { defineEngine } from "./types.ts";

/** The fast one: the matrix product of ONNX Runtime in worker threads. */
export const ort = defineEngine({
  kind: "ort",
  summary: "Exact, ONNX Runtime's matrix product in worker threads; the fastest, where the platform has its library.",
  source: "https://onnxruntime.ai (operator Gemm, CPU), float32",
  options: z.strictObject({}),
  create: (_, { threads, maxBytes }) => ({
    async open() {
      const { version } = await ortProduct.start();
      const runner = runInThreads({ product: "ort", threads });
      return exactEngine({ identity: { kind: "ort", version }, tile: ortProduct.tile, runner, maxBytes });
    },
  }),
});
