// A corpus that does not fit the bound on memory: 200,000 documents and 1,000,000 scenarios of 1,024 dimensions (4.9 GB, written
// to a temporary folder and removed), under 1 GB; and how time grows with documents, dimensions, queries and alphas.
// npm run build && node bench/scale.mjs [rounds] [documents]
import { mkdtemp, rm } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { interleave, printTable, startResident } from "./resident.mjs";
import { layOut, rawVectors, writeVectors } from "./vector-files.mjs";

const ROUNDS = Number(process.argv[2] ?? 3);
const N = Number(process.argv[3] ?? 200_000);
const [DIM, QUERIES, K, MAX_BYTES] = [1024, 200, 100, 600e6];
const ALPHAS = Array.from({ length: 11 }, (_, step) => step / 10);
const THREADS = cpus().length;

const folder = await mkdtemp(join(tmpdir(), "bench-"));
const child = [join(import.meta.dirname, "engine-child.mjs"), "auto", THREADS, MAX_BYTES];
const engine = startResident(process.execPath, child);
try {
  const { offsets, owners } = layOut(N, [3, 4, 5, 6, 7]);
  const documents = await writeVectors(folder, { name: "documents", count: N, dim: DIM, seed: 1 });
  const scenarios = await writeVectors(folder, { name: "scenarios", count: offsets[N], dim: DIM, seed: 2, owners });
  const queries = await writeVectors(folder, { name: "queries", count: QUERIES, dim: DIM, seed: 3 });

  /** The search on the first rows, or with the first values of the files read as rows of another length. */
  function searchOf({ count = N, dim = DIM, asked = QUERIES, alphas = ALPHAS }) {
    const part = ({ files: [path] }, rows) => rawVectors(path, rows, dim);
    const weights = alphas.map((alpha) => ({ document: alpha, scenario: 1 - alpha }));
    return engine.ask({
      documents: part(documents, count),
      scenarios: part(scenarios, offsets[count]),
      offsets: offsets.slice(0, count + 1),
      queries: part(queries, asked),
      sweeps: [{ weights, k: K, aggregate: "max", topK: 1, missing: "document-only" }],
    });
  }
  const entrants = {
    whole: () => searchOf({}),
    "half the documents": () => searchOf({ count: N / 2 }),
    "half the dimensions": () => searchOf({ dim: DIM / 2 }),
    "half the queries": () => searchOf({ asked: QUERIES / 2 }),
    "one alpha": () => searchOf({ alphas: [0.5] }),
  };
  const gigabytes = (4 * DIM * (N + offsets[N])) / 1e9;
  process.stdout.write(
    `Node ${process.version}, ${cpus()[0]?.model} x ${THREADS}, ${ROUNDS} rounds, ${gigabytes.toFixed(1)} GB\n`,
  );
  const results = await interleave(entrants, { rounds: ROUNDS, base: "whole" });
  printTable(
    `${N} documents, ${offsets[N]} scenarios, d ${DIM}, ${QUERIES} queries, 11 alphas (ratio: to the whole)`,
    results,
  );
} finally {
  await engine.close();
  await rm(folder, { recursive: true });
}
