// Seconds and peak memory to load a corpus as large as BRIGHT's LeetCode (413,932 documents, 438 M characters) and to
// read its bodies once, under a heap of 1 GB; and a tenth of it, to show what grows.
//   npm run build && node bench/load-corpus.mjs            JSON Lines, generated
//   node bench/load-corpus.mjs <folder>...                 folders in BRIGHT's layout, subset `bench`
//   node bench/load-corpus.mjs --generate <folder> <n>     only writes one, e.g. for another writer to turn into parquet:
//     COPY (FROM read_json('documents/bench.jsonl')) TO 'documents/bench.parquet' (COMPRESSION snappy);  -- DuckDB
import { execFile } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import { promisify } from "node:util";
import { loadDataset } from "../dist/datasets/load-dataset.js";
import { listLocalFiles } from "../dist/datasets/local-files.js";
import { createFormat } from "../dist/datasets/registry.js";
import { DEFAULT_POLICY } from "../dist/domain/policy.js";
import { mulberry32 } from "./seeded-numbers.mjs";

const DOCUMENTS = 413_932;
const SHORTEST = 200;
const LONGEST = 1916; // the mean, 1058, times the documents gives 438 M
const QUERIES = 142;
const SUBSET = "bench";
const MEGABYTE = 1 << 20;
const SAMPLE_MILLISECONDS = 200;

const [mode, folder, size] = process.argv.slice(2);
if (mode === "--generate") await generate(folder, Number(size));
else if (mode === "--load") await load(folder, { sampling: size === "sampling" });
else await compare(process.argv.slice(2));

async function compare(folders) {
  if (folders.length > 0) {
    for (const given of folders) await report(given, given);
    return;
  }
  const own = await mkdtemp(join(tmpdir(), "spikebench-bench-"));
  try {
    for (const count of [Math.round(DOCUMENTS / 10), DOCUMENTS]) {
      const corpus = join(own, String(count));
      await generate(corpus, count);
      await report(corpus, "JSON Lines");
    }
  } finally {
    await rm(own, { recursive: true });
  }
}

/** Two processes: one for the time, one that collects garbage before every sample, so that the heap is what is alive. */
async function report(corpus, name) {
  const run = async (...flags) => {
    const child = await promisify(execFile)(process.execPath, [
      "--max-old-space-size=1024",
      "--expose-gc",
      import.meta.filename,
      "--load",
      corpus,
      ...flags,
    ]);
    return JSON.parse(child.stdout);
  };
  const timed = await run();
  const sampled = await run("sampling");
  process.stdout.write(
    `${name}: ${timed.documents} documents, ${timed.characters} characters; load ${timed.load} s, one pass ${timed.pass} s; ` +
      `peak RSS ${timed.rss} MB; live heap: peak ${sampled.peak} MB, dataset alone ${sampled.held} MB, ` +
      `so ${(sampled.peak - sampled.held).toFixed(1)} MB beside ids and queries\n`,
  );
}

async function load(corpus, { sampling }) {
  let peak = 0;
  const sample = () => {
    globalThis.gc();
    peak = Math.max(peak, process.memoryUsage().heapUsed);
  };
  const timer = sampling ? setInterval(sample, SAMPLE_MILLISECONDS) : undefined;
  globalThis.gc();
  const before = process.memoryUsage().heapUsed;
  const start = performance.now();
  const dataset = await loadDataset({
    id: SUBSET,
    format: createFormat({ kind: "bright", subset: SUBSET }),
    files: await listLocalFiles(corpus),
    policy: DEFAULT_POLICY,
    strict: true,
  });
  const loaded = performance.now();
  let characters = 0;
  for await (const { text } of dataset.corpus.views()) characters += text.length;
  const read = performance.now();
  clearInterval(timer);
  globalThis.gc();
  const megabytes = (bytes) => Number((bytes / MEGABYTE).toFixed(1));
  const held = megabytes(process.memoryUsage().heapUsed - before);
  process.stdout.write(
    JSON.stringify({
      documents: dataset.docIds.length,
      characters,
      load: ((loaded - start) / 1000).toFixed(1),
      pass: ((read - loaded) / 1000).toFixed(1),
      rss: megabytes(process.resourceUsage().maxRSS * 1024),
      peak: megabytes(Math.max(0, peak - before)),
      held,
    }),
  );
}

async function generate(target, count) {
  const random = mulberry32(1);
  const below = (limit) => Math.floor(random() * limit);
  const letters = "etaoinshrdlu";
  const words = Array.from({ length: 4000 }, () =>
    Array.from({ length: 2 + below(9) }, () => letters[below(12)]).join(""),
  );
  const stock = Array.from({ length: 400_000 }, () => words[below(words.length)]).join(" ");
  const id = (row) => `leetcode/leetcode_${row}.txt`;
  await mkdir(join(target, "documents"), { recursive: true });
  await mkdir(join(target, "examples"), { recursive: true });
  const out = createWriteStream(join(target, `documents/${SUBSET}.jsonl`));
  for (let row = 0; row < count; row += 1) {
    const from = below(stock.length - LONGEST);
    const content = stock.slice(from, from + SHORTEST + below(LONGEST - SHORTEST + 1));
    if (!out.write(`${JSON.stringify({ id: id(row), content })}\n`)) await once(out, "drain");
  }
  out.end();
  await finished(out);
  const examples = Array.from({ length: QUERIES }, (_, query) =>
    JSON.stringify({
      id: String(query),
      query: stock.slice(query * 500, query * 500 + 400),
      excluded_ids: Array.from({ length: 200 }, (_, index) => id((query * 2 + index * 2 + 1) % count)),
      gold_ids: [id((query * 2) % count)],
    }),
  );
  await writeFile(join(target, `examples/${SUBSET}.jsonl`), `${examples.join("\n")}\n`);
}
