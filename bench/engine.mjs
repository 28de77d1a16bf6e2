// Exact top-k: 100,000 documents of 768 dimensions, 500 queries. Ours against numpy in blocks, the BLAS alone and, where it is
// installed, faiss-cpu. npm run build && node bench/engine.mjs [rounds]
import { mkdtemp, rm } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { interleave, printTable, startResident } from "./resident.mjs";
import { writeVectors } from "./vector-files.mjs";

const ROUNDS = Number(process.argv[2] ?? 7);
const [N, DIM, QUERIES] = [100_000, 768, 500];
const SQUARE = 4096;
const THREADS = cpus().length;

const folder = await mkdtemp(join(tmpdir(), "bench-"));
const engine = startResident(process.execPath, [join(import.meta.dirname, "engine-child.mjs"), "auto", THREADS, 1e9]);
const peer = startResident("python3", [join(import.meta.dirname, "numpy_peer.py")]);
try {
  const documents = await writeVectors(folder, { name: "documents", count: N, dim: DIM, seed: 1 });
  const queries = await writeVectors(folder, { name: "queries", count: QUERIES, dim: DIM, seed: 2 });
  const ours = (k, more) => {
    const sweep = { weights: [{ document: 1, scenario: 0 }], k, aggregate: "max", topK: 1, missing: "document-only" };
    return engine.ask({ documents, queries, sweeps: [sweep], ...more });
  };
  const theirs = (operation, k, more) => peer.ask({ operation, documents, queries, k, size: SQUARE, ...more });
  const { numpy, faiss } = await theirs("versions", 1);
  const { identity } = await ours(1);
  process.stdout.write(`Node ${process.version}, ${cpus()[0]?.model} x ${THREADS}, ${ROUNDS} rounds\n`);
  process.stdout.write(
    `engine ${JSON.stringify(identity)}, numpy ${numpy}, faiss-cpu ${faiss ?? "not installed: not measured"}\n`,
  );

  const entrants = {
    "ours, k 100": () => ours(100),
    "ours, k 1000": () => ours(1000),
    "numpy in blocks, k 100": () => theirs("search", 100),
    "BLAS alone, the same product": () => theirs("product", 100),
    ...(faiss === null ? {} : { "faiss-cpu IndexFlatIP, k 100": () => theirs("faiss_search", 100) }),
  };
  const results = await interleave(entrants, { rounds: ROUNDS, base: "ours, k 100" });
  printTable(`${N} x ${DIM}, ${QUERIES} queries (ratio: to ours at k 100)`, results, 2 * N * DIM * QUERIES);
  const peak = await interleave({ square: () => theirs("square", 1) }, { rounds: 5, base: "square" });
  printTable(`sgemm ${SQUARE}^3, the machine's peak`, peak, 2 * SQUARE ** 3);

  const mine = (await ours(100, { wantHits: true })).hits.map(({ sweeps }) => new Set(sweeps[0][0]));
  const { rows } = await theirs("search", 100, { wantHits: true });
  const same = rows.filter((own, query) => own.every((row) => mine[query].has(row))).length;
  process.stdout.write(`\nlists with numpy's very documents: ${same} of ${QUERIES}\n`);
} finally {
  await engine.close();
  await peer.close();
  await rm(folder, { recursive: true });
}
