import { z } from "zod";
import { exactEngine } from "./exact-engine.ts";
import { flatProduct } from "./flat-product.ts";
import { runHere } from "./pass-runner.ts";
import { defineEngine } from "./types.ts";

/** The plain reference: no threads, no library. */
export const flat = defineEngine({
  kind: "flat",
  summary: "Exact, plain TypeScript, one thread, summed in double; for small corpora and as the reference.",
  source: "exact search; sums as numpy's float64 matrix product rounded to float32",
  options: z.strictObject({}),
  create: (_, { maxBytes }) => ({
    async open() {
      const { version, open } = await flatProduct.start();
      return exactEngine({
        identity: { kind: "flat", version },
        tile: flatProduct.tile,
        runner: runHere(open),
        maxBytes,
      });
    },
  }),
});
