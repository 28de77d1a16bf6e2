// Seconds to read, order and measure a run of 1,384 queries (as BRIGHT has) x 1,000 documents with six measures: `npm run build && node bench/evaluate.mjs`.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { evaluateFiles } from "../dist/pipeline/compare/evaluate-files.js";
import { mulberry32 } from "./seeded-numbers.mjs";

const QUERIES = 1384;
const MEASURES = "nDCG@10 R@100 AP RR@10 P@5 Judged@10";
const DEPTH = 1000;
const JUDGED = 50;
const ROUNDS = 5;

const numbers = mulberry32(1);
const folder = await mkdtemp(join(tmpdir(), "spikebench-bench-"));
try {
  const qrels = join(folder, "qrels.txt");
  await writeFile(
    qrels,
    lines(QUERIES, JUDGED, (query, index) => `q${query} 0 ${docId(query, index * 17)} ${next(3)}`).join("\n"),
  );
  for (const [name, score] of [
    ["scores in order", (rank) => (DEPTH - rank) / DEPTH],
    ["scores in no order", () => next(1e9) / 1e9],
    ["all scores tied", () => 1],
  ]) {
    const run = join(folder, "run.txt");
    await writeFile(
      run,
      lines(QUERIES, DEPTH, (query, rank) => {
        return `q${query} Q0 ${docId(query, rank)} ${rank + 1} ${score(rank)} bench`;
      }).join("\n"),
    );
    const seconds = [];
    for (let round = 0; round < ROUNDS; round++) {
      const start = performance.now();
      await evaluateFiles({ qrels, run, measures: MEASURES });
      seconds.push((performance.now() - start) / 1000);
    }
    seconds.sort((a, b) => a - b);
    process.stdout.write(`${name}: ${seconds[Math.floor(ROUNDS / 2)]?.toFixed(2)} s (median of ${ROUNDS})\n`);
  }
} finally {
  await rm(folder, { recursive: true });
}

function lines(queries, count, line) {
  return Array.from({ length: queries * count }, (_, index) => line(Math.floor(index / count), index % count));
}

/** Scattered over a corpus of a million, and different for every index. */
function docId(query, index) {
  return `doc-${(query * 7919 + index * 99_991) % 1_000_003}`;
}

function next(below) {
  return Math.floor(numbers() * below);
}
