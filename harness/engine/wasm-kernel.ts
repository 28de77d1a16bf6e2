import {
  add,
  addVectors,
  type Code,
  get,
  increase,
  integer,
  loadSplat,
  loadVector,
  moduleBytes,
  multiplyAdd,
  multiplyIntegers,
  multiplyVectors,
  repeat,
  set,
  storeVector,
  zeroVector,
} from "./wasm-bytes.ts";

/** Rows that the kernel takes at once. */
export const KERNEL_ROWS = 2;
/** Queries that the kernel takes at once: a panel, packed dimension by dimension. */
export const KERNEL_QUERIES = 16;

/**
 * What the kernel is called with; addresses and strides are bytes. Rows begin at their first dimension, `rowStride` apart; a
 * panel has `KERNEL_QUERIES` values a dimension; the first row's scores of the panel are at `scores`, those of the next row
 * `scoreStride` further. `groups` counts `KERNEL_ROWS` rows each; it and `dimensions` are at least 1.
 */
export type KernelParameters = readonly [
  rows: number,
  panel: number,
  scores: number,
  groups: number,
  dimensions: number,
  rowStride: number,
  scoreStride: number,
];

/** Four values a vector. */
const VECTORS = KERNEL_QUERIES / 4;
const FLOAT = 4;
const VECTOR = 16;

/** The parameters, and further locals: where the kernel is in panel, rows and scores, and the dimensions that are left. */
const [ROWS, PANEL, SCORES, GROUPS, DIMENSIONS, ROW_STRIDE, SCORE_STRIDE] = [0, 1, 2, 3, 4, 5, 6];
const PARAMETERS = 7;
const [AT_PANEL, LEFT] = [PARAMETERS, PARAMETERS + 1];
const AT_ROW = rowLocals(PARAMETERS + 2);
const AT_SCORE = rowLocals(PARAMETERS + 2 + KERNEL_ROWS);
const INTEGERS = 2 + 2 * KERNEL_ROWS;
const VALUE = PARAMETERS + INTEGERS;
const QUERIES = Array.from({ length: VECTORS }, (_, index) => VALUE + 1 + index);
const SUMS = rowLocals(0).map((row) => QUERIES.map((local) => local + VECTORS * (row + 1)));

function rowLocals(first: number): readonly number[] {
  return Array.from({ length: KERNEL_ROWS }, (_, row) => first + row);
}

/**
 * Code that adds to scores the inner products of rows with a panel over some dimensions. Each product is summed from 0 in
 * float32, by ascending dimension, and then added to its score: bits depend on a row, a query and the cut of dimensions.
 *
 * Two rows times four vectors are eight sums, which with the values that they are made of fit the sixteen registers of x64.
 * With twelve sums, or with two dimensions a turn, V8 11.3 is half as fast.
 *
 * @param fused whether products go into sums by `multiplyAdd`, which not every engine knows
 */
export function kernelBytes(fused: boolean): Uint8Array<ArrayBuffer> {
  const group = [
    ...start(AT_ROW, ROWS, ROW_STRIDE),
    ...start(AT_SCORE, SCORES, SCORE_STRIDE),
    ...[...get(PANEL), ...set(AT_PANEL), ...get(DIMENSIONS), ...set(LEFT)],
    ...SUMS.flat().flatMap((sum) => [...zeroVector, ...set(sum)]),
    ...repeat(LEFT, dimension(fused)),
    ...SUMS.flatMap((sums, row) => sums.flatMap((sum, index) => addToScores(AT_SCORE[row] ?? 0, sum, index * VECTOR))),
    ...increase(ROWS, [...get(ROW_STRIDE), ...integer(KERNEL_ROWS), ...multiplyIntegers]),
    ...increase(SCORES, [...get(SCORE_STRIDE), ...integer(KERNEL_ROWS), ...multiplyIntegers]),
  ];
  const vectors = 1 + VECTORS + SUMS.flat().length;
  return moduleBytes({ parameters: PARAMETERS, integers: INTEGERS, vectors, body: repeat(GROUPS, group) });
}

/** Sets one local a row: the first to `from`, each other to the one before and `stride`. */
function start(locals: readonly number[], from: number, stride: number): Code {
  return locals.flatMap((local, row) => [
    ...(row === 0 ? get(from) : [...get(locals[row - 1] ?? 0), ...get(stride), ...add]),
    ...set(local),
  ]);
}

/** One dimension of all sums. */
function dimension(fused: boolean): Code {
  const multiply = (sum: number, query: number) =>
    fused
      ? [...get(VALUE), ...get(query), ...get(sum), ...multiplyAdd, ...set(sum)]
      : [...get(VALUE), ...get(query), ...multiplyVectors, ...get(sum), ...addVectors, ...set(sum)];
  return [
    ...QUERIES.flatMap((query, index) => [...get(AT_PANEL), ...loadVector(index * VECTOR), ...set(query)]),
    ...SUMS.flatMap((sums, row) => [
      ...[...get(AT_ROW[row] ?? 0), ...loadSplat(0), ...set(VALUE)],
      ...sums.flatMap((sum, index) => multiply(sum, QUERIES[index] ?? 0)),
    ]),
    ...AT_ROW.flatMap((local) => increase(local, integer(FLOAT))),
    ...increase(AT_PANEL, integer(KERNEL_QUERIES * FLOAT)),
  ];
}

function addToScores(address: number, sum: number, offset: number): Code {
  const added = [...get(address), ...loadVector(offset), ...get(sum), ...addVectors];
  return [...get(address), ...added, ...storeVector(offset)];
}
