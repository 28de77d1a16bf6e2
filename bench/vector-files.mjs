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

/**
 * Writes vectors as raw little-endian float32: each is its topic, the document that it belongs to and something of its own.
 *
 * @param owners document of every row, undefined where a row is a document; queries are rows of documents that do not exist
 * @returns stored vectors, as the harness describes them
 */
export async function writeVectors(folder, { name, count, dim, seed, owners }) {
  const path = join(folder, `${name}.f32`);
  const topics = Float32Array.from({ length: (TOPICS + 1) * dim }, randomNumbers(7));
  const next = randomNumbers(seed);
  const file = await open(path, "w");
  try {
    for (let first = 0; first < count; first += ROWS_PER_WRITE) {
      const rows = new Float32Array(Math.min(ROWS_PER_WRITE, count - first) * dim);
      for (let row = first, start = 0; start < rows.length; row++, start += dim) {
        const owner = owners === undefined ? row + (name === "queries" ? 1e9 : 0) : owners[row];
        fillRow(rows.subarray(start, start + dim), { topics, next, owner });
      }
      await file.write(rows);
    }
  } finally {
    await file.close();
  }
  return rawVectors(path, count, dim);
}

function fillRow(row, { topics, next, owner }) {
  const ofOwner = randomNumbers(Math.imul(owner + 1, 2654435761));
  const topic = Math.floor(((ofOwner() + 1) / 2) * TOPICS);
  const dim = row.length;
  let square = 0;
  for (let d = 0; d < dim; d++) {
    row[d] = 0.7 * next() + 0.7 * ofOwner() + 0.7 * topics[topic * dim + d] + 0.6 * topics[TOPICS * dim + d];
    square += row[d] * row[d];
  }
  const norm = Math.sqrt(square);
  for (let d = 0; d < dim; d++) row[d] /= norm;
}

/** The first `count * dim` values of a raw file. */
export function rawVectors(path, count, dim) {
  return { count, dim, precision: "float32", files: [path], runs: { firstRows: [0], files: [0], offsets: [0] } };
}

/** Scenarios in document order: `counts` of them a document, taken in turn. */
export function layOut(documents, counts) {
  const offsets = [0];
  const owners = [];
  for (let row = 0; row < documents; row++) {
    const count = counts[row % counts.length];
    offsets.push(offsets[row] + count);
    for (let own = 0; own < count; own++) owners.push(row);
  }
  return { offsets, owners };
}
