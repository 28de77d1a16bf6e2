// BM25 on a generated corpus: documents indexed and queries answered per second, beside MiniSearch (BM25+, in JavaScript
// too), each in a process of its own, in turns; and what keeping the index on disk saves. Build first:
//   npm run build && node bench/bm25.mjs [documents, 500000 unless told] [rounds, 3]
// A BEIR folder instead of a number measures spikebench alone on its corpus.jsonl and queries.jsonl.
import { spawnSync } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { NO_PROMPTS } from "../dist/domain/dataset.js";
import { topRows } from "../dist/domain/top-rows.js";
import { openIndexCache } from "../dist/retrieve/index-cache.js";
import { createRetriever } from "../dist/retrieve/registry.js";

const QUERIES = 300;
const HITS = 100;
const WORDS = { vocabulary: 200_000, document: [20, 100], query: [3, 12] };

const [size = "500000", rounds = "3", engine, kept] = process.argv.slice(2);

/** Numbers below 1 from a linear congruential generator: the same ones every time. */
function random(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Texts whose words follow Zipf's law. */
function* generate(count, [least, most], seed) {
  const next = random(seed);
  for (let id = 0; id < count; id++) {
    const words = Array.from({ length: least + Math.floor(next() * (most - least)) }, () =>
      Math.floor(WORDS.vocabulary ** next()).toString(36),
    );
    yield { id: `d${id}`, title: "", text: words.map((word) => `w${word}`).join(" ") };
  }
}

async function readObjects(file) {
  const text = await readFile(join(size, file), "utf8");
  return text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line))
    .map(({ _id, title = "", text }) => ({ id: _id, title, text }));
}

async function load() {
  if (!/^\d+$/.test(size)) {
    return {
      documents: await readObjects("corpus.jsonl"),
      queries: (await readObjects("queries.jsonl")).slice(0, QUERIES),
    };
  }
  return {
    documents: [...generate(Number(size), WORDS.document, 1)],
    queries: [...generate(QUERIES, WORDS.query, 2)],
  };
}

async function spikebench({ documents, queries }) {
  const views = {
    contentHash: size,
    count: documents.length,
    async *views() {
      yield* documents;
    },
  };
  const indexes = kept === undefined ? undefined : openIndexCache({ folder: kept });
  const asked = { queries: ["original"], scenarios: new Map() };
  const dataset = { id: "bench", docIds: [], corpus: views, queries: [], prompts: NO_PROMPTS, asked };
  const opened = await createRetriever({ kind: "bm25" }, { indexes }).open(dataset);
  const ties = Int32Array.from(documents.keys());
  const excluded = queries.map(() => new Int32Array());
  const start = performance.now();
  const search = await opened.search({ documents: views, ties, queries, excluded, questions: { scores: true } });
  const indexed = performance.now();
  for await (const { scores, matched } of search.answers) topRows(scores.document, matched, ties, HITS);
  return [indexed - start, performance.now() - indexed];
}

async function minisearch({ documents, queries }) {
  const { default: MiniSearch } = await import("minisearch");
  const index = new MiniSearch({ fields: ["title", "text"] });
  const start = performance.now();
  index.addAll(documents);
  const indexed = performance.now();
  for (const { text } of queries) index.search(text).slice(0, HITS);
  return [indexed - start, performance.now() - indexed];
}

async function measure() {
  const data = await load();
  const [indexing, searching] = await (engine === "minisearch" ? minisearch(data) : spikebench(data));
  const { length } = data.documents;
  const peak = process.resourceUsage().maxRSS / 1024;
  process.stdout.write(JSON.stringify({ length, indexing, searching, queries: data.queries.length, peak }));
}

function run(name, folder = []) {
  const self = fileURLToPath(import.meta.url);
  const flags = ["--max-old-space-size=16000", self, size, rounds, name, ...folder];
  const { stdout, stderr, status } = spawnSync(process.execPath, flags, { maxBuffer: 2 ** 24 });
  if (status !== 0) throw new Error(`${name} failed: ${stderr}`);
  return JSON.parse(stdout);
}

function median(values) {
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}

function say(name, runs) {
  const indexing = median(runs.map((run) => run.indexing)) / 1000;
  const searching = median(runs.map((run) => run.searching)) / 1000;
  const [{ length, queries }] = runs;
  const peak = median(runs.map((run) => run.peak));
  process.stdout.write(
    `${name.padEnd(28)} ${indexing.toFixed(2).padStart(8)} s to index, ${Math.round(length / indexing)} documents/s; ` +
      `${Math.round(queries / searching)} queries/s; peak ${Math.round(peak)} MB\n`,
  );
}

if (engine !== undefined) {
  await measure();
} else {
  const folder = await mkdtemp(join(tmpdir(), "bench-bm25-"));
  process.stdout.write(`Node ${process.version}, ${cpus()[0]?.model}; medians of ${rounds}; hits kept: ${HITS}\n`);
  const peers = /^\d+$/.test(size) ? ["spikebench", "minisearch"] : ["spikebench"];
  const results = Object.fromEntries(peers.map((name) => [name, []]));
  try {
    for (let round = 0; round < Number(rounds); round++) {
      for (const name of peers) results[name].push(run(name));
    }
    for (const name of peers) say(name, results[name]);
    run("spikebench", [folder]);
    say(
      "spikebench, index kept",
      [1, 2, 3].map(() => run("spikebench", [folder])),
    );
  } finally {
    await rm(folder, { recursive: true });
  }
}
