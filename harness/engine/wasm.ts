import { z } from "zod";
import { exactEngine } from "./exact-engine.ts";
import { runInThreads } from "./pass-runner.ts";
import { defineEngine } from "./types.ts";
import { wasmProduct } from "./wasm-product.ts";

/** The portable one: a matrix product in WebAssembly in worker threads. */
export const wasm = defineEngine({
  kind: "wasm",
  summary: "Exact, a matrix product in WebAssembly in worker threads; fast without a library.",
  source:
    "https://webassembly.github.io/spec (vector instructions; relaxed multiply-add where the machine fuses it), float32",
  options: z.strictObject({}),
  create: (_, { threads, maxBytes }) => ({
    async open() {
      const { version } = await wasmProduct.start();
      const runner = runInThreads({ product: "wasm", threads });
      return exactEngine({ identity: { kind: "wasm", version }, tile: wasmProduct.tile, runner, maxBytes });
    },
  }),
});
