/** The shape of the products of one pass. */
export type ProductShape = {
  readonly dim: number;
  /** Queries in a tile. */
  readonly width: number;
  /** Most rows in a block. */
  readonly maxRows: number;
  /** `width * dim` values a tile, row-major. */
  readonly tiles: Float32Array;
  /** Where the inner products of the last call go, `width` values a row; room for `maxRows`. */
  readonly scores: Float32Array;
};

/** Multiplies blocks of rows with tiles of queries. */
export type BlockProduct = {
  /** The caller writes a block's rows here: `dim` values each, room for `maxRows`. */
  readonly input: Float32Array;
  /**
   * A score is within 1e-6 of the exact inner product of two unit vectors, and its bits depend on the two vectors alone:
   * neither on their place in block and tile nor on what else is there.
   */
  multiply(rows: number, tile: number): void | Promise<void>;
};

export type OpenProduct = (shape: ProductShape) => BlockProduct;

/** What sets an exact engine apart: all else is the same for every one. */
export type ProductBackend = {
  /** Tiles are at least `least` queries wide and a multiple of `step`: within that the bits of a score stay the same. */
  readonly tile: { readonly least: number; readonly step: number };
  /**
   * Loads what it needs, in the thread that calls it.
   *
   * @returns `version` of whatever rounds the scores
   * @throws {HarnessError} `ENGINE_UNAVAILABLE`
   */
  start(): Promise<{ readonly version: string; readonly open: OpenProduct }>;
};
