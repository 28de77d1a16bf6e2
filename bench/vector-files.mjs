// Generated vectors: unit length, in topics that share a direction, as embeddings do. The same ones every time.
import { open } from "node:fs/promises";
import { join } from "node:path";

const TOPICS = 256;
const ROWS_PER_WRITE = 4096;

/** @returns numbers in [-1, 1) by a linear congruential generator */
function randomNumbers(seed) {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  };
}

/** Writes `count` vectors as raw little-endian float32. @returns stored vectors, as the harness describes them */
export async function writeVectors(folder, { name, count, dim, seed }) {
  const path = join(folder, `${name}.f32`);
  const ofTopics = randomNumbers(7);
  const topics = Float32Array.from({ length: (TOPICS + 1) * dim }, ofTopics);
  const next = randomNumbers(seed);
  const file = await open(path, "w");
  try {
    for (let first = 0; first < count; first += ROWS_PER_WRITE) {
      const rows = new Float32Array(Math.min(ROWS_PER_WRITE, count - first) * dim);
      for (let start = 0; start < rows.length; start += dim) fillRow(rows.subarray(start, start + dim), topics, next);
      await file.write(rows);
    }
  } finally {
    await file.close();
  }
  return rawVectors(path, count, dim);
}

function fillRow(row, topics, next) {
  const topic = Math.floor(((next() + 1) / 2) * TOPICS);
  const dim = row.length;
  let square = 0;
  for (let d = 0; d < dim; d++) {
    row[d] = next() + 0.7 * topics[topic * dim + d] + 0.6 * topics[TOPICS * dim + d];
    square += row[d] * row[d];
  }
  const norm = Math.sqrt(square);
  for (let d = 0; d < dim; d++) row[d] /= norm;
}

/** The first `count * dim` values of a raw file. */
export function rawVectors(path, count, dim) {
  return { count, dim, precision: "float32", files: [path], runs: { firstRows: [0], files: [0], offsets: [0] } };
}

/** Offsets of `counts` scenarios a document, taken in turn. */
export function offsetsOf(documents, counts) {
  const offsets = [0];
  for (let row = 0; row < documents; row++) offsets.push(offsets[row] + counts[row % counts.length]);
  return offsets;
}
