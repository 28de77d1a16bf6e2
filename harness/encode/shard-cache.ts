import type { VectorPrecision } from "../domain/embeddings.ts";
import { type Clock, monotonicClock, systemTime } from "../runtime/clock.ts";
import { embedTexts, windowsOf } from "./embed-texts.ts";
import type { EmbeddingCache } from "./embedding-cache.ts";
import type { Encoder } from "./types.ts";
import { openVectorIndex, type VectorIndex } from "./vector-index.ts";
import { encoderRecord, vectorKeys } from "./vector-key.ts";

/** Texts of a window, and bytes of its vectors as float32, at most. */
const WINDOW_ROWS = 4096;
const WINDOW_BYTES = 64 * 2 ** 20;

export type EmbeddingCacheOptions = {
  /** Made when the first vector is stored. */
  readonly folder: string;
  /** Told about files that cannot be used; their vectors are encoded anew. */
  readonly onWarning?: ((text: string) => void) | undefined;
  /** Texts of a window, 4096 unless told; fewer where their vectors would take more than 64 MiB, or they are very long. */
  readonly windowRows?: number | undefined;
  /** Keys of texts that nobody asked for that may be in memory, 2^20 unless told. */
  readonly heldKeys?: number | undefined;
  /** Measures how long encoding takes. */
  readonly clock?: Clock | undefined;
};

/**
 * An embedding cache in files: a folder an encoder, in it `encoder.json`, which says what it is, and Arrow shards named by
 * their content. There are no locks and no shared appends: several caches, also of several processes, may use one folder,
 * and at worst encode the same text once each. Calls of one cache for one encoder wait for each other, so they do not.
 *
 * The files that are left when a collection is filled depend on its texts and vectors alone, not on how often the work was
 * interrupted.
 */
export function openEmbeddingCache(options: EmbeddingCacheOptions): EmbeddingCache {
  const { folder: root, onWarning = () => undefined, heldKeys } = options;
  const { windowRows = WINDOW_ROWS, clock = monotonicClock } = options;
  const indexes = new Map<string, VectorIndex>();
  const turns = new Map<VectorIndex, Promise<unknown>>();

  function indexOf(encoder: Encoder, storage: VectorPrecision | undefined = "float32"): VectorIndex {
    const { folder } = encoderRecord(encoder, storage);
    const index = indexes.get(folder) ?? openVectorIndex({ root, encoder, storage, heldKeys, onWarning, systemTime });
    indexes.set(folder, index);
    return index;
  }

  return {
    async *missing({ encoder, storage, role, texts }) {
      const index = indexOf(encoder, storage);
      await index.refresh();
      const keyOf = vectorKeys(encoder, role);
      for await (const window of windowsOf(texts, windowRows)) {
        const keyed = window.map((text) => ({ key: keyOf(text), text }));
        await index.look(keyed.map(({ key }) => key));
        for (const one of keyed) if (!index.has(one.key)) yield one;
      }
    },
    embed(request) {
      const { encoder, storage } = request;
      const index = indexOf(encoder, storage);
      const rows = Math.max(1, Math.min(windowRows, Math.floor(WINDOW_BYTES / (4 * encoder.dim))));
      const turn = (turns.get(index) ?? Promise.resolve()).then(() =>
        embedTexts({ index, windowRows: rows, clock }, request),
      );
      // the next call waits for this one, whatever becomes of it
      turns.set(
        index,
        turn.catch(() => undefined),
      );
      return turn;
    },
  };
}
