// The fused sweep: 50,000 documents, 250,000 scenarios, 384 dimensions, 200 queries, 11 alphas, k 100. Ours against numpy in
// blocks, one alpha against eleven, and the reference design (two searches and a merge of their lists for every alpha).
// npm run build && node bench/sweep.mjs [rounds] [python]
import { mkdtemp, rm } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { interleave, printTable, startPeer, startResident } from "./resident.mjs";
import { layOut, writeVectors } from "./vector-files.mjs";

const ROUNDS = Number(process.argv[2] ?? 7);
const [N, DIM, QUERIES, K] = [50_000, 384, 200, 100];
const ALPHAS = Array.from({ length: 11 }, (_, step) => step / 10);
const THREADS = cpus().length;
const HEAD = 10;

const folder = await mkdtemp(join(tmpdir(), "bench-"));
const engine = startResident(process.execPath, [join(import.meta.dirname, "engine-child.mjs"), "auto", THREADS, 1e9]);
const peer = startPeer(process.argv[3]);

/** Fused score at an alpha of the documents that two cut-off lists hold. @param missing score of what a list lacks */
function mergeHeads({ documents, scenarios }, { owners, alpha, missing, depth }) {
  const own = new Map(documents[0].slice(0, depth).map((row, at) => [row, documents[1][at]]));
  const folded = new Map();
  for (const [at, row] of scenarios[0].slice(0, depth).entries()) {
    if (!folded.has(owners[row])) folded.set(owners[row], scenarios[1][at]);
  }
  const rows =
    missing === "out" ? [...own.keys()].filter((row) => folded.has(row)) : new Set([...own.keys(), ...folded.keys()]);
  const scored = Array.from(rows, (row) => ({
    row,
    score: alpha * (own.get(row) ?? 0) + (1 - alpha) * (folded.get(row) ?? 0),
  }));
  return scored.sort((a, b) => b.score - a.score || b.row - a.row).map(({ row }) => row);
}

try {
  const { offsets, owners } = layOut(N, [3, 4, 5, 6, 7]);
  const documents = await writeVectors(folder, { name: "documents", count: N, dim: DIM, seed: 1 });
  const scenarios = await writeVectors(folder, { name: "scenarios", count: offsets[N], dim: DIM, seed: 2, owners });
  const queries = await writeVectors(folder, { name: "queries", count: QUERIES, dim: DIM, seed: 3 });
  const weights = (alphas) => alphas.map((alpha) => ({ document: alpha, scenario: 1 - alpha }));
  const common = { documents, scenarios, offsets, queries };
  const ours = (alphas, more) => {
    const sweep = { weights: weights(alphas), k: K, aggregate: "max", topK: 1, missing: "document-only" };
    return engine.ask({ ...common, sweeps: [sweep], ...more });
  };
  const cutOf = (depth) => {
    const depths = Array.from({ length: QUERIES }, () => ({ document: depth, scenario: depth }));
    return { ...common, cuts: [{ depths, excluded: "leave" }] };
  };
  // 300 and 3,000 are the depths of the released code
  const referenceAt = (document, scenario) => `two searches to ${document} / ${scenario} and a merge, faiss-cpu`;
  const reference = (document, scenario) =>
    peer.ask({ ...common, operation: "faiss_reference", depths: { document, scenario }, alpha: 0.5, k: K });
  const { numpy, faiss } = await peer.ask({ operation: "versions" });
  const entrants = {
    "ours, 11 alphas": () => ours(ALPHAS),
    "ours, 1 alpha": () => ours([0.5]),
    "numpy in blocks, 11 alphas": () => peer.ask({ ...common, operation: "sweep", alphas: ALPHAS, k: K }),
    "two searches alone, on our engine": () => engine.ask(cutOf(K)),
    ...(faiss === null
      ? {}
      : { [referenceAt(K, K)]: () => reference(K, K), [referenceAt(300, 3_000)]: () => reference(300, 3_000) }),
  };
  // by themselves, so that no other's threads still spin when one of the two begins
  const { "ours, 11 alphas": eleven } = await interleave(
    { "ours, 11 alphas": entrants["ours, 11 alphas"], "ours, 1 alpha": entrants["ours, 1 alpha"] },
    { rounds: 3 * ROUNDS, base: "ours, 1 alpha" },
  );
  process.stdout.write(`Node ${process.version}, ${cpus()[0]?.model} x ${THREADS}, ${ROUNDS} rounds\n`);
  process.stdout.write(`numpy ${numpy}, faiss-cpu ${faiss ?? "not installed: not measured"}\n`);
  process.stdout.write(`11 alphas / 1 alpha, by themselves: ${eleven.ratio.toFixed(2)}\n`);
  const results = await interleave(entrants, { rounds: ROUNDS, base: "ours, 11 alphas" });
  const flops = 2 * (N + offsets[N]) * DIM * QUERIES;
  printTable(`${N} documents, ${offsets[N]} scenarios, d ${DIM} (ratio: to ours at 11 alphas)`, results, flops);
  for (const [name, { ratio }] of Object.entries(results).filter(([name]) => name.includes("searches"))) {
    process.stdout.write(`  ${name}, for every alpha: ${(ALPHAS.length * ratio).toFixed(1)} x ours\n`);
  }

  const exact = (await ours(ALPHAS, { wantHits: true })).hits.map(({ sweeps }) =>
    sweeps[0].map((rows) => rows.slice(0, HEAD)),
  );
  process.stdout.write(`\nlists (query x alpha) whose best ${HEAD} are not the exact ones in the reference design\n`);
  for (const depth of [100, 300, 1000]) {
    const { hits } = await engine.ask({ ...cutOf(depth), wantHits: true });
    for (const [how, missing] of Object.entries({ "union, missing as 0": "zero", intersection: "out" })) {
      let wrong = 0;
      for (const [query, { cuts }] of hits.entries()) {
        for (const [index, alpha] of ALPHAS.entries()) {
          const merged = new Set(mergeHeads(cuts[0], { owners, alpha, missing, depth }).slice(0, HEAD));
          if (exact[query][index].some((row) => !merged.has(row))) wrong++;
        }
      }
      process.stdout.write(`  depth ${depth}, ${how}: ${((100 * wrong) / (QUERIES * ALPHAS.length)).toFixed(1)} %\n`);
    }
  }
} finally {
  await engine.close();
  await peer.close();
  await rm(folder, { recursive: true });
}
