import type { VectorPrecision } from "./embeddings.ts";

/** What `cache ls` says of the vectors of one encoder. */
export type CachedEncoder = {
  /** Name of its folder: a hash of what it is. */
  readonly id: string;
  /** Everything besides role, form and text that its vectors depend on; null where its record is missing or damaged. */
  readonly identity: unknown;
  readonly kind: string | null;
  readonly model: string | null;
  readonly dim: number | null;
  readonly precision: VectorPrecision | null;
  readonly vectors: number;
  /** Finished files, and those of single batches that were not put together yet. */
  readonly shards: { readonly sealed: number; readonly journal: number };
  /** Files that say they are shards and are not, or not any more. */
  readonly unreadable: number;
  readonly bytes: number;
  /** ISO 8601 in UTC; null without a shard. */
  readonly lastUsed: string | null;
};

/** Bytes under the cache folder, by what they are. */
export type CacheUsage = {
  readonly folder: string;
  readonly encoders: readonly Pick<CachedEncoder, "id" | "kind" | "model" | "bytes">[];
  /** The other folders and files in it, by name. */
  readonly others: readonly { readonly name: string; readonly bytes: number }[];
  readonly total: number;
};

/** A file of the cache that is not what it says it is. */
export type BrokenFile = { readonly path: string; readonly why: string };

/** What `cache verify` found. */
export type CacheCheck = {
  /** Files and bytes that were read, vectors in sound ones. */
  readonly files: number;
  readonly bytes: number;
  readonly vectors: number;
  readonly broken: readonly (BrokenFile & { readonly removed: boolean })[];
  /** Files that the cache did not make and does not touch. */
  readonly foreign: readonly string[];
};

/** What `cache prune` removed, or would remove. */
export type PruneReport = {
  readonly dryRun: boolean;
  readonly encoders: readonly {
    readonly id: string;
    readonly files: number;
    readonly bytes: number;
    /** Whether nothing of it is left. */
    readonly whole: boolean;
  }[];
  /** Files that were never finished. */
  readonly leftovers: { readonly files: number; readonly bytes: number };
  readonly freedBytes: number;
  /** Bytes of vectors that stay. */
  readonly leftBytes: number;
};

/** What `cache export` and `cache import` did. */
export type MovedVectors = {
  readonly encoders: number;
  readonly files: number;
  readonly bytes: number;
  /** Files that were there already. */
  readonly present: number;
  /** Files that were not taken. */
  readonly refused: readonly BrokenFile[];
};
