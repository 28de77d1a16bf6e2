/** Vectors of texts: `count * dim` values, row-major, float32. Ids travel beside rows, never inside them. */
export type Embeddings = {
  readonly count: number;
  readonly dim: number;
  readonly rows: Float32Array;
};

/** How the values of vectors lie on disk, little-endian; whoever reads them gets float32. */
export type VectorPrecision = "float32" | "float16";

/**
 * Vectors that lie in files, in runs of rows that follow each other there: `count` rows of `dim` values, row-major. Plain
 * data, so that a worker thread can be told where to read.
 */
export type StoredVectors = {
  readonly count: number;
  readonly dim: number;
  readonly precision: VectorPrecision;
  /** Absolute paths. */
  readonly files: readonly string[];
  readonly runs: {
    /** First row of every run, ascending from 0; a run ends where the next one begins, the last one at `count`. */
    readonly firstRows: Uint32Array;
    /** Position in `files`, by run. */
    readonly files: Uint32Array;
    /** Byte in that file at which the run's first row begins, by run. */
    readonly offsets: Float64Array;
  };
};
