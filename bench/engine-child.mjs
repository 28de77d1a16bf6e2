// One of our engines as a resident process. Arguments: kind, threads, bytes. Each question is a request whose vectors are
// described by JSON; the answer has seconds, CPU seconds, peak memory and, when asked for, the hits.
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { createEngine } from "../dist/engine/registry.js";
import { openVectorReader } from "../dist/storage/vector-reader.js";

const [kind, threads, maxBytes] = process.argv.slice(2);
const engine = await createEngine({ kind }, { threads: Number(threads), maxBytes: Number(maxBytes) }).open();

function revive(vectors) {
  const { firstRows, files, offsets } = vectors.runs;
  return {
    ...vectors,
    runs: {
      firstRows: Uint32Array.from(firstRows),
      files: Uint32Array.from(files),
      offsets: Float64Array.from(offsets),
    },
  };
}

/** Ties by row, descending. */
function ranked(vectors) {
  return {
    vectors: revive(vectors),
    ties: Int32Array.from({ length: vectors.count }, (_, row) => vectors.count - 1 - row),
  };
}

function load(vectors) {
  const stored = revive(vectors);
  const rows = new Float32Array(stored.count * stored.dim);
  const reader = openVectorReader(stored);
  reader.read(0, stored.count, rows);
  reader.close();
  return { count: stored.count, dim: stored.dim, rows };
}

function peakBytes() {
  const status = readFileSync("/proc/self/status", "utf8");
  return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? Number.NaN) * 1024;
}

const prepared = new Map();

function prepare(text) {
  const { documents, scenarios, offsets, queries, ...questions } = JSON.parse(text);
  return {
    ...questions,
    documents: ranked(documents),
    scenarios: scenarios && { ...ranked(scenarios), offsets: Int32Array.from(offsets) },
    queries: load(queries),
  };
}

for await (const line of createInterface({ input: process.stdin })) {
  const { wantHits, ...request } = JSON.parse(line);
  const key = JSON.stringify(request);
  if (!prepared.has(key)) prepared.set(key, prepare(key));
  const hits = [];
  const cpu = process.cpuUsage();
  const start = performance.now();
  for await (const answer of engine.search(prepared.get(key))) {
    if (wantHits === true) {
      const sweeps = answer.sweeps.map((lists) => lists.map(({ rows }) => [...rows]));
      const cuts = answer.cuts.map(({ documents, scenarios }) => ({
        documents: [[...documents.rows], [...documents.scores]],
        scenarios: [[...scenarios.rows], [...scenarios.scores]],
      }));
      hits.push({ sweeps, cuts });
    }
  }
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  const answer = { seconds, cpuSeconds: (user + system) / 1e6, peakBytes: peakBytes(), identity: engine.identity };
  process.stdout.write(`${JSON.stringify(wantHits === true ? { ...answer, hits } : answer)}\n`);
}
await engine.close();
