import { HarnessError } from "../errors.ts";
import { breathe } from "../runtime/clock.ts";
import { openWorkerPool, type WorkerPool } from "../runtime/worker-pool.ts";
import type { OpenProduct } from "./block-product.ts";
import type { ProductName } from "./products.ts";
import { scanPass } from "./scan-pass.ts";
import { type PassPart, type SearchPass, stopPass } from "./search-pass.ts";

/** Carries out passes: here or in threads. */
export type PassRunner = {
  /** How many blocks are in memory at once. */
  readonly threads: number;
  /** @returns a part a thread @param onBlock told how many vectors a block had that is done */
  run(pass: SearchPass, onBlock: (vectors: number) => void): Promise<readonly PassPart[]>;
  close(): Promise<void>;
};

/** Runs passes in the calling thread, which breathes after every block. */
export function runHere(open: OpenProduct): PassRunner {
  return {
    threads: 1,
    async run(pass, onBlock) {
      const part = await scanPass(pass, open, async (vectors) => {
        onBlock(vectors);
        await breathe();
      });
      return [part];
    },
    close: () => Promise.resolve(),
  };
}

export type ThreadOptions = {
  readonly product: ProductName;
  readonly threads: number;
  /** The threads' file; ours unless told. */
  readonly entry?: URL | undefined;
};

/** Runs passes in threads, which start with the first pass, and anew after one has died. */
export function runInThreads({ product, threads, entry = workerEntry() }: ThreadOptions): PassRunner {
  let pool: WorkerPool<SearchPass, PassPart> | undefined;
  return {
    threads,
    async run(pass, onUpdate) {
      pool ??= openWorkerPool<SearchPass, PassPart>({ entry, size: threads, data: product });
      try {
        return await pool.run(pass, { onUpdate, stop: () => stopPass(pass) });
      } catch (error) {
        if (error instanceof HarnessError && error.code === "ENGINE_FAILED") await this.close();
        throw error;
      }
    },
    async close() {
      await pool?.close();
      pool = undefined;
    },
  };
}

/** Beside this file, and of the same kind: TypeScript in a checkout under test, JavaScript in what is installed. */
function workerEntry(): URL {
  return new URL(import.meta.url.endsWith(".ts") ? "block-worker.ts" : "block-worker.js", import.meta.url);
}
