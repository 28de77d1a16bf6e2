import { rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { HarnessError } from "../errors.ts";
import { readFaissVectors, writeFaissVectors } from "../storage/faiss-file.ts";
import { type FaissParameters, setFaissParameters } from "../storage/faiss-parameters.ts";
import { openVectorReader } from "../storage/vector-reader.ts";
import { type FaissProcess, type FlatValues, startFaiss } from "./faiss-process.ts";
import { scoreNotFinite } from "./score-error.ts";
import type { VectorSource } from "./types.ts";

export type FaissIndexSettings = FaissParameters & {
  /** A string of FAISS's `index_factory`. */
  readonly index: string;
  /** How many threads build an index that is not flat. */
  readonly buildThreads: number;
};

export type FaissIndexRequest = {
  readonly vectors: VectorSource;
  /** 1 where a row goes in, 0 where it does not; all go in when undefined. */
  readonly usable?: Uint8Array | undefined;
  readonly settings: FaissIndexSettings;
  /** What the vectors are of, for messages. */
  readonly channel: "documents" | "scenarios";
  /** Where the index may put files under its name; the caller removes the folder. */
  readonly folder: string;
  readonly name: string;
  /** How many threads search. */
  readonly threads: number;
  readonly signal?: AbortSignal | undefined;
  /** Every search of the binding leaks its queries; a process that has leaked more than this is replaced by a new one. */
  readonly leakedBytes?: number | undefined;
  /** Called with the number of vectors that were dealt with since the last call. */
  readonly onProgress: (more: number) => void;
};

/** An index that stands ready in a process of its own. */
export type FaissIndex = {
  /** How many vectors it holds. */
  readonly count: number;
  /** True when no hit is missed: fewer than asked for can then only mean products that are no numbers. */
  readonly isExact: boolean;
  /**
   * The rows with the highest inner products, best first, by query; of an index that is not flat only most of them.
   *
   * @param queries whole rows, one after the other
   * @param k at most `count`
   * @returns `k` a query; positions among the rows that went in, -1 with a meaningless score where there are no more
   */
  search(queries: Float32Array, k: number): Promise<FoundRows>;
  close(): Promise<void>;
};

export type FoundRows = { readonly rows: Int32Array; readonly scores: Float32Array };

export const FLAT = "Flat";

const BLOCK_VALUES = 2 ** 18;
/** The binding takes training vectors as a plain array, at some 50 bytes a value. */
const TRAINING_VALUES = 2 ** 25;
/** FAISS's k-means takes no more vectors a centroid (ClusteringParameters::max_points_per_centroid). */
const ROWS_PER_CENTROID = 256;
const LEAKED_BYTES = 2 ** 27;

const NO_INDEX: FaissIndex = {
  count: 0,
  isExact: true,
  search: () => Promise.resolve({ rows: new Int32Array(0), scores: new Float32Array(0) }),
  close: () => Promise.resolve(),
};

const nothing = z.object({});
const opened = z.object({ count: z.int() });
const found = z.object({ rows: z.instanceof(Int32Array), scores: z.instanceof(Float32Array) });

/**
 * Writes vectors as a flat index file, has FAISS build the index that is wanted from it, and opens that.
 *
 * @throws {HarnessError} `SCORE_INVALID` for a vector that is not finite; `SPEC_INVALID` for a parameter that the index does
 *   not have; `ENGINE_FAILED` with what FAISS said, or how its process ended; what reading and writing files throws
 */
export async function buildFaissIndex(request: FaissIndexRequest): Promise<FaissIndex> {
  const { vectors, usable, settings, folder, name, signal } = request;
  const flat = join(folder, `${name}.flat.faiss`);
  const count = usable?.filter((flag) => flag !== 0).length ?? vectors.count;
  if (count === 0) return NO_INDEX; // which FAISS would refuse to train and to search
  await writeFaissVectors(flat, { count, dim: vectors.dim, metric: "inner-product", pieces: takeRows(request) });
  signal?.throwIfAborted();
  if (settings.index !== FLAT) return await serve(await fillIndex(flat, request), request);
  await setFaissParameters(flat, parametersOf(settings)); // refuses any
  return await serve(flat, request);
}

/** @returns the file of the index */
async function fillIndex(flat: string, request: FaissIndexRequest): Promise<string> {
  const { settings, folder, name, signal, onProgress } = request;
  const { index: factory, buildThreads } = settings;
  const vectors = await valuesOf(flat);
  const empty = join(folder, `${name}.empty.faiss`);
  const filled = join(folder, `${name}.faiss`);
  const faiss = await startFaiss({ threads: buildThreads, signal });
  try {
    await faiss.ask({ operation: "create", dim: vectors.dim, factory, into: empty }, nothing);
    await setFaissParameters(empty, parametersOf(settings));
    let last = 0;
    const train = trainingRows(factory, vectors);
    await faiss.ask({ operation: "fill", from: empty, vectors, train, into: filled }, nothing, (done) => {
      onProgress(done - last);
      last = done;
    });
  } finally {
    await faiss.close();
  }
  await rm(flat);
  return filled;
}

function parametersOf({ efConstruction, efSearch, nprobe }: FaissIndexSettings): FaissParameters {
  return { efConstruction, efSearch, nprobe };
}

/** @returns how many vectors an index is to be trained on, if it needs training at all */
function trainingRows(factory: string, { count, dim }: FlatValues): number {
  const lists = Number(/IVF(\d+)/.exec(factory)?.[1] ?? 0);
  if (lists > count) {
    throw new HarnessError("SPEC_INVALID", `\`${factory}\` needs at least ${lists} vectors, there are ${count}.`, {
      where: "engine `faiss`",
      hint: "Ask for fewer lists, or for `Flat`.",
    });
  }
  // the codebooks of product quantisation have 256 centroids
  return Math.min(ROWS_PER_CENTROID * Math.max(256, lists), Math.ceil(TRAINING_VALUES / dim));
}

async function valuesOf(flat: string): Promise<FlatValues> {
  const { count, dim, files, runs } = (await readFaissVectors(flat)).vectors;
  return { path: files[0] ?? flat, at: runs.offsets[0] ?? 0, count, dim };
}

/** Opens an index file in a process that is replaced when it has leaked too much. */
async function serve(
  file: string,
  { settings, threads, signal, leakedBytes = LEAKED_BYTES }: FaissIndexRequest,
): Promise<FaissIndex> {
  const isExact = settings.index === FLAT;
  let { faiss, count } = await start();
  let leaked = 0;

  async function start(): Promise<{ readonly faiss: FaissProcess; readonly count: number }> {
    const started = await startFaiss({ threads, signal });
    try {
      return { faiss: started, ...(await started.ask({ operation: "open", from: file }, opened)) };
    } catch (error) {
      await started.close();
      throw error;
    }
  }

  return {
    count,
    isExact,
    async search(queries, k) {
      if (leaked > leakedBytes) {
        await faiss.close();
        ({ faiss } = await start());
        leaked = 0;
      }
      leaked += queries.byteLength;
      return await faiss.ask({ operation: "search", queries, k }, found);
    },
    close: () => faiss.close(),
  };
}

/** The vectors that count, in blocks, each overwritten by the next. */
function* takeRows({ vectors, usable, channel, onProgress }: FaissIndexRequest): Generator<Float32Array> {
  const { count, dim } = vectors;
  const perBlock = Math.max(1, Math.floor(BLOCK_VALUES / dim));
  const block = new Float32Array(Math.min(perBlock, count) * dim);
  const reader = "rows" in vectors ? undefined : openVectorReader(vectors);
  try {
    for (let first = 0; first < count; first += perBlock) {
      const length = Math.min(perBlock, count - first);
      const values = block.subarray(0, length * dim);
      if ("rows" in vectors) values.set(vectors.rows.subarray(first * dim, (first + length) * dim));
      else reader?.read(first, length, values);
      let kept = 0;
      for (let row = 0; row < length; row++) {
        if (usable?.[first + row] === 0) continue;
        if (kept < row) values.copyWithin(kept * dim, row * dim, (row + 1) * dim);
        if (!values.subarray(kept * dim, (kept + 1) * dim).every(Number.isFinite))
          throw scoreNotFinite(channel, first + row);
        kept++;
      }
      yield values.subarray(0, kept * dim);
      onProgress(length);
    }
  } finally {
    reader?.close();
  }
}
