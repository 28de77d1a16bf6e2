// What a run holds for every document and scenario: bytes alive after each stage, and the peak of the process, for a generated
// corpus and for one of twice its size. The difference of the two is the slope; what does not grow cancels out.
//   npm run build && node bench/corpus-memory.mjs [documents]          stages of one process; 100,000 documents unless told
//   node bench/corpus-memory.mjs --generate FOLDER DOCUMENTS           only writes the data and a run file
import { execFile } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { loadDataset } from "../dist/datasets/load-dataset.js";
import { listLocalFiles } from "../dist/datasets/local-files.js";
import { createFormat } from "../dist/datasets/registry.js";
import { DEFAULT_POLICY } from "../dist/domain/policy.js";
import { tieRanks } from "../dist/domain/run.js";
import { layOutViews } from "../dist/domain/view-layout.js";
import { openEmbeddingCache } from "../dist/encode/shard-cache.js";
import { createScenarioSource } from "../dist/scenarios/registry.js";
import { mulberry32 } from "./seeded-numbers.mjs";

const SCENARIOS = 5;
/** Of SPIKE's rows 2,661 characters a document; bodies as long as MS MARCO's passages are, about. */
const CHARACTERS = { body: 330, topic: 60, point: 60, need: 120, explanation: 230 };
const DIM = 8;
const QUERIES = 64;

const RUN = `version: 1
name: memory
retrievers:
  small: {kind: dense, encoder: {kind: hashed, dimensions: 64}}
scenarios:
  five: {kind: file, path: scenarios.jsonl}
matrix: {retriever: [small], dataset: [bench], scenarios: [five], alpha: [0, 0.5, 1]}
comparison: {alpha: 0.5}
measures: [nDCG@10]
`;

/** Takes next to no time, so that what is measured is everything else. */
const encoder = {
  identity: { kind: "bench" },
  forms: { query: { template: "{text}" }, document: { template: "{text}" }, scenario: { template: "{text}" } },
  dim: DIM,
  batchSize: 4096,
  encode: (texts) => {
    const vectors = new Float32Array(texts.length * DIM);
    for (let row = 0; row < texts.length; row++) vectors[row * DIM] = 1;
    return Promise.resolve({ vectors, truncated: [] });
  },
};

let opened;

const [mode = "100000", ...rest] = process.argv.slice(2);
if (mode === "--generate") await generate(rest[0], Number(rest[1]));
else if (mode === "--stages") await stages(rest[0]);
else await compare(Number(mode));

async function compare(documents) {
  const folder = await mkdtemp(join(tmpdir(), "spikebench-bench-"));
  try {
    const measured = [];
    for (const count of [documents, 2 * documents]) {
      const own = join(folder, String(count));
      await generate(own, count);
      const flags = ["--expose-gc", import.meta.filename, "--stages", own];
      const child = await promisify(execFile)(process.execPath, flags, { maxBuffer: 2 ** 24 });
      measured.push(JSON.parse(child.stdout));
      await rm(own, { recursive: true });
    }
    const [less, more] = measured;
    process.stdout.write(
      `Node ${process.version}, ${documents} and ${2 * documents} documents, ${SCENARIOS} scenarios each\n`,
    );
    for (const [at, { name, alive, peak, seconds }] of more.entries()) {
      const slope = (value, before) => ((value - before) / documents).toFixed(0).padStart(6);
      const before = more[at - 1]?.alive ?? 0;
      const lessBefore = less[at - 1]?.alive ?? 0;
      process.stdout.write(
        `${name.padEnd(34)} alive ${slope(alive - before, less[at].alive - lessBefore)} B a document, ` +
          `peak so far ${slope(peak, less[at].peak)} B, ${(peak / 1e6).toFixed(0)} MB; ${seconds.toFixed(1)} s\n`,
      );
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** One stage after the other, each on top of what the ones before hold. */
async function stages(folder) {
  const found = [];
  const kept = {};
  async function stage(name, work) {
    const start = performance.now();
    kept[name] = await work();
    const seconds = (performance.now() - start) / 1e3;
    for (let turn = 0; turn < 3; turn++) globalThis.gc();
    const { heapUsed, external } = process.memoryUsage();
    found.push({ name, alive: heapUsed + external, peak: process.resourceUsage().maxRSS * 1024, seconds });
    return kept[name];
  }
  await stage("nothing", () => undefined);
  const dataset = await stage("corpus: ids", () => open(folder));
  const { docIds, corpus } = dataset;
  const ties = await stage("tie order", () => tieRanks(docIds));
  await stage("rows by id", () => new Map(docIds.map((id, row) => [id, row])));
  const source = createScenarioSource({ kind: "file", path: "scenarios.jsonl" });
  const request = { datasetId: "bench", docIds, corpus, folder };
  const set = await stage("scenario set", () => source.load(request));
  await stage("layout", () => layOutViews({ ties, offsets: set.offsets, noise: set.noise }));
  await stage("one pass over the scenarios", () => lastOf(set.views));
  const cache = join(folder, "cache");
  const embed = (views, role) => () =>
    openAnd(cache).embed({ encoder, role, count: views.count, texts: textsOf(views) });
  await stage("encoding documents", embed(corpus, "document"));
  await stage("encoding scenarios", embed(set.views, "scenario"));
  kept["encoding documents"] = undefined;
  kept["encoding scenarios"] = undefined;
  opened = undefined;
  await stage("another process's cache, closed", () => undefined);
  await stage("vectors of the documents", embed(corpus, "document"));
  await stage("vectors of the scenarios", embed(set.views, "scenario"));
  process.stdout.write(JSON.stringify(found));
}

function openAnd(folder) {
  opened ??= openEmbeddingCache({ folder });
  return opened;
}

async function* textsOf(views) {
  for await (const { id, text } of views.views()) yield { id, text };
}

async function lastOf(views) {
  let last;
  for await (const view of views.views()) last = view;
  return last?.id;
}

async function open(folder) {
  return await loadDataset({
    id: "bench",
    format: createFormat({ kind: "beir" }),
    files: await listLocalFiles(folder),
    policy: DEFAULT_POLICY,
    strict: true,
  });
}

async function generate(folder, documents) {
  await mkdir(join(folder, "qrels"), { recursive: true });
  const random = mulberry32(1);
  await write(join(folder, "corpus.jsonl"), documents, (row) => [
    { _id: idOf(row), title: "", text: words(random, CHARACTERS.body) },
  ]);
  await write(join(folder, "scenarios.jsonl"), documents, (row) => {
    const [topic, ...points] = [0, 1, 2].map(() => words(random, CHARACTERS.point));
    return Array.from({ length: SCENARIOS }, () => ({
      doc_id: idOf(row),
      main_topic: topic,
      key_points: points,
      information_need: words(random, CHARACTERS.need),
      explanation: words(random, CHARACTERS.explanation),
    }));
  });
  await write(join(folder, "queries.jsonl"), QUERIES, (row) => [{ _id: `q${row}`, text: words(random, 60) }]);
  const judged = Array.from({ length: QUERIES }, (_, row) => `q${row}\t${idOf(row)}\t1\n`);
  await writeFile(join(folder, "qrels", "test.tsv"), `query-id\tcorpus-id\tscore\n${judged.join("")}`);
  await writeFile(join(folder, "run.yaml"), RUN);
}

/** As long as those of MS MARCO. */
function idOf(row) {
  return `msmarco-${row}`;
}

function words(random, characters) {
  let text = "";
  while (text.length < characters) text += `${Math.floor(random() * 1e6).toString(36)} `;
  return text.trim();
}

async function write(path, count, linesOf) {
  const stream = createWriteStream(path);
  for (let row = 0; row < count; row++) {
    const lines = linesOf(row).map((value) => `${JSON.stringify(value)}\n`);
    if (!stream.write(lines.join(""))) await once(stream, "drain");
  }
  stream.end();
  await once(stream, "close");
}
