/** Rows that follow each other: their ids, where the file has them, and `dim` values each, exact in double. */
export type VectorBlock = { readonly ids: readonly string[] | undefined; readonly values: Float64Array };

/** Vectors that stay in their file. */
export type VectorFile = {
  readonly dim: number;
  /** All rows in order, in blocks of a few megabytes where the format allows it; every call is a new pass. */
  blocks(): AsyncIterable<VectorBlock>;
  /** Rows in the order asked for, where a file can be read out of order. */
  readonly read?: ((rows: readonly number[]) => Promise<Float64Array>) | undefined;
};

export type VectorFields = {
  /** Undefined where ids are not taken from the file. */
  readonly idField: string | undefined;
  readonly vectorField: string;
};
