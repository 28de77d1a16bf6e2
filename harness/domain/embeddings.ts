/** Vectors of texts: `count * dim` values, row-major, float32. Ids travel beside rows, never inside them. */
export type Embeddings = {
  readonly count: number;
  readonly dim: number;
  readonly rows: Float32Array;
};
