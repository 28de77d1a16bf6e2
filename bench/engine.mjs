// Exact top-k: 100,000 documents of 768 dimensions, 500 queries. Ours against numpy in blocks, the BLAS alone and, where it is
// installed, faiss-cpu; then a quarter of it for our own engines beside each other.
// npm run build && node bench/engine.mjs [rounds] [python]
import { mkdtemp, rm } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { interleave, printTable, startPeer, startResident } from "./resident.mjs";
import { rawVectors, writeVectors } from "./vector-files.mjs";

const ROUNDS = Number(process.argv[2] ?? 7);
const [N, DIM, QUERIES] = [100_000, 768, 500];
const FEWER = { documents: N / 4, queries: 128 };
const SQUARE = 4096;
const THREADS = cpus().length;

const folder = await mkdtemp(join(tmpdir(), "bench-"));
const start = (kind) =>
  startResident(process.execPath, [join(import.meta.dirname, "engine-child.mjs"), kind, THREADS, 1e9]);
const engine = start("auto");
const others = { wasm: start("wasm"), flat: start("flat") };
const peer = startPeer(process.argv[3]);
try {
  const documents = await writeVectors(folder, { name: "documents", count: N, dim: DIM, seed: 1 });
  const queries = await writeVectors(folder, { name: "queries", count: QUERIES, dim: DIM, seed: 2 });
  const search = (asked, k, more) => {
    const sweep = { weights: [{ document: 1, scenario: 0 }], k, aggregate: "max", topK: 1, missing: "document-only" };
    return asked.ask({ documents, queries, sweeps: [sweep], ...more });
  };
  const ours = (k, more) => search(engine, k, more);
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
    "ours, engine wasm, k 100": () => search(others.wasm, 100),
    "numpy in blocks, k 100": () => theirs("search", 100),
    "BLAS alone, the same product": () => theirs("product", 100),
    ...(faiss === null ? {} : { "faiss-cpu IndexFlatIP, k 100": () => theirs("faiss_search", 100) }),
  };
  const results = await interleave(entrants, { rounds: ROUNDS, base: "ours, k 100" });
  printTable(`${N} x ${DIM}, ${QUERIES} queries (ratio: to ours at k 100)`, results, 2 * N * DIM * QUERIES);
  const fewer = {
    documents: rawVectors(documents.files[0], FEWER.documents, DIM),
    queries: rawVectors(queries.files[0], FEWER.queries, DIM),
  };
  const own = Object.fromEntries(
    Object.entries({ auto: engine, ...others }).map(([kind, asked]) => [kind, () => search(asked, 100, fewer)]),
  );
  printTable(
    `our engines, ${FEWER.documents} x ${DIM}, ${FEWER.queries} queries, k 100 (ratio: to auto)`,
    await interleave(own, { rounds: ROUNDS, base: "auto" }),
    2 * FEWER.documents * DIM * FEWER.queries,
  );
  const peak = await interleave({ square: () => theirs("square", 1) }, { rounds: 5, base: "square" });
  printTable(`sgemm ${SQUARE}^3, the machine's peak`, peak, 2 * SQUARE ** 3);

  const mine = (await ours(100, { wantHits: true })).hits.map(({ sweeps }) => new Set(sweeps[0][0]));
  const { rows } = await theirs("search", 100, { wantHits: true });
  const same = rows.filter((own, query) => own.every((row) => mine[query].has(row))).length;
  process.stdout.write(`\nlists with numpy's very documents: ${same} of ${QUERIES}\n`);
} finally {
  for (const own of [engine, ...Object.values(others)]) await own.close();
  await peer.close();
  await rm(folder, { recursive: true });
}
