import { tmpdir } from "node:os";
import { z } from "zod";
import { HarnessError } from "../errors.ts";
import { FLAT } from "./faiss-index.ts";
import { startFaiss } from "./faiss-process.ts";
import { searchWithFaiss } from "./faiss-search.ts";
import { defineEngine, type Engine, type EngineServices } from "./types.ts";

const options = z.strictObject({
  index: z
    .string()
    .regex(/^[A-Za-z0-9_,()-]+$/)
    .default(FLAT)
    .describe("What FAISS's index_factory is to make: `Flat` is exact; `HNSW32`, `IVF256,Flat` and others are not."),
  efConstruction: z.int().min(1).max(100_000).optional().describe("HNSW: candidates for the neighbours of a vector."),
  efSearch: z.int().min(1).max(1_000_000).optional().describe("HNSW: candidates that a search keeps."),
  nprobe: z.int().min(1).max(1_000_000).optional().describe("IVF: lists that a search looks into."),
  buildThreads: z
    .int()
    .min(1)
    .max(1024)
    .default(1)
    .describe("Threads that build an index. A graph that several have built is another one each time."),
  folder: z
    .string()
    .optional()
    .describe("Where index files lie during a search; the system's temporary folder when left out."),
});

type FaissOptions = z.infer<typeof options>;

/**
 * FAISS in processes of its own: the heads of both channels, exact with a flat index, approximate with others. It is there
 * to repeat published designs (two searches, then a merge) and to measure approximate indices; for exact search `ort` is as
 * fast and needs a fraction of the memory.
 *
 * Scores are FAISS's float32 sums, whose last bits may depend on the number of threads.
 */
export const faiss = defineEngine({
  kind: "faiss",
  summary: "FAISS (optional, see docs/faiss.md): heads of both channels from flat, HNSW or IVF indices.",
  source: "Douze et al., The Faiss library, arXiv:2401.08281; faiss-node 0.5.1",
  options,
  create: (chosen, services) => ({ open: () => openFaiss(chosen, services) }),
});

async function openFaiss({ folder = tmpdir(), ...settings }: FaissOptions, services: EngineServices): Promise<Engine> {
  const { binding, library, close } = await startFaiss({ threads: 1 });
  await close();
  const closing = new AbortController();
  return {
    identity: { kind: "faiss", version: binding, library: library ?? null, ...settings },
    notes: settings.index === FLAT ? [] : [`FAISS index ${settings.index} is approximate: it may miss hits.`],
    search(request) {
      const signal = AbortSignal.any([closing.signal, ...(request.signal === undefined ? [] : [request.signal])]);
      return searchWithFaiss({ ...request, signal }, { settings, folder, ...services });
    },
    close() {
      closing.abort(new HarnessError("ENGINE_FAILED", "it was closed during a search.", { where: "engine `faiss`" }));
      return Promise.resolve();
    },
  };
}
