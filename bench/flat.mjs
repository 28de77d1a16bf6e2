// Exact scoring on the sizes of the quickstart. Build first:
//   npx tsc -p tsconfig.build.json && node build-assets.mjs && node bench/flat.mjs
import { cpus } from "node:os";
import { innerProducts } from "../dist/engine/inner-products.js";

const ROWS = 5_000;
const DIM = 2_048;
const QUERIES = 300;
const REPEATS = 5;

/** Unit vectors from a linear congruential generator: the same ones every time. */
function unitRows(count, dim, seed) {
  let state = seed;
  const rows = new Float32Array(count * dim).map(() => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
  for (let row = 0; row < count; row++) {
    const vector = rows.subarray(row * dim, (row + 1) * dim);
    const norm = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
    vector.set(vector.map((value) => value / norm));
  }
  return rows;
}

async function medianSeconds(work) {
  const times = [];
  for (let repeat = 0; repeat < REPEATS; repeat++) {
    const start = performance.now();
    await work(repeat);
    times.push((performance.now() - start) / 1000);
  }
  return times.sort((a, b) => a - b)[REPEATS >> 1];
}

process.stdout.write(`Node ${process.version}, ${cpus()[0]?.model}, median of ${REPEATS}\n`);

const rows = unitRows(ROWS, DIM, 1);
const queries = unitRows(QUERIES, DIM, 2);
const scores = new Float64Array(ROWS);
const scoring = await medianSeconds(() => {
  for (let query = 0; query < QUERIES; query++) {
    innerProducts({ count: ROWS, dim: DIM, rows }, queries.subarray(query * DIM, (query + 1) * DIM), scores);
  }
});
process.stdout.write(`score ${ROWS} x ${DIM} rows for ${QUERIES} queries: ${scoring.toFixed(3)} s\n`);
