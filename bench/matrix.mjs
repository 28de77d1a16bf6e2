// A generated matrix of 6 retrievers x 12 datasets x 11 alphas: seconds of its first run, of a second run that finds every
// cell finished, and of the command line's start. Build first:
//   npm run build && node bench/matrix.mjs
import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const DATASETS = 12;
const DOCUMENTS = 500;
const QUERIES = 115; // 12 x 115 are about the 1,384 queries of BRIGHT
const SCENARIOS = 3;
const REPEATS = 5;
const WORDS = 3_000;
const DIMENSIONS = [64, 128, 256, 512, 1024];

const cli = fileURLToPath(new URL("../dist/cli/main.js", import.meta.url));

function random(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const next = random(1);
const text = (words) => Array.from({ length: words }, () => `w${Math.floor(WORDS ** next())}`).join(" ");
const lines = (count, line) =>
  `${Array.from({ length: count }, (_, index) => JSON.stringify(line(index))).join("\n")}\n`;

async function writeDataset(folder) {
  await mkdir(join(folder, "qrels"), { recursive: true });
  await writeFile(
    join(folder, "corpus.jsonl"),
    lines(DOCUMENTS, (d) => ({ _id: `d${d}`, title: "", text: text(40) })),
  );
  await writeFile(
    join(folder, "queries.jsonl"),
    lines(QUERIES, (q) => ({ _id: `q${q}`, text: text(8) })),
  );
  const judgements = Array.from({ length: QUERIES * 5 }, (_, index) => {
    return `q${Math.floor(index / 5)}\td${(index * 37) % DOCUMENTS}\t1`;
  });
  await writeFile(join(folder, "qrels", "test.tsv"), ["query-id\tcorpus-id\tscore", ...judgements, ""].join("\n"));
}

function runFile(datasets) {
  const dense = DIMENSIONS.map((dim) => `  h${dim}: {kind: dense, encoder: {kind: hashed, dimensions: ${dim}}}`);
  return [
    "version: 1",
    "name: matrix",
    "retrievers:",
    ...dense,
    'scenarios: {made: {kind: file, path: "{dataset}.jsonl"}}',
    "matrix:",
    `  retriever: [bm25, ${DIMENSIONS.map((dim) => `h${dim}`).join(", ")}]`,
    `  dataset: [${datasets.join(", ")}]`,
    "  scenarios: [made]",
    "  alpha: {from: 0, to: 1, step: 0.1}",
    "comparison: {alpha: 0.5}",
    "hits: 100",
    "",
  ].join("\n");
}

function time(args, cwd) {
  const start = performance.now();
  const env = { SPIKEBENCH_CACHE: join(cwd, "cache"), HOME: cwd };
  const { status, stderr } = spawnSync(process.execPath, args, { cwd, env, maxBuffer: 2 ** 26 });
  if (status !== 0) throw new Error(`${args.join(" ")} ended with ${status}: ${stderr}`);
  return (performance.now() - start) / 1000;
}

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];
const repeat = (work) => median(Array.from({ length: REPEATS }, work));

const folder = await mkdtemp(join(tmpdir(), "bench-matrix-"));
try {
  const datasets = Array.from({ length: DATASETS }, (_, index) => `set${index}`);
  for (const id of datasets) {
    await writeDataset(join(folder, id));
    const scenarios = lines(DOCUMENTS * SCENARIOS, (s) => ({ _id: `d${Math.floor(s / SCENARIOS)}`, text: text(20) }));
    await writeFile(join(folder, `${id}.jsonl`), scenarios);
  }
  await writeFile(join(folder, "matrix.yaml"), runFile(datasets));
  const run = [cli, "run", "matrix.yaml", ...datasets.flatMap((id) => ["--data", `${id}=${join(folder, id)}`])];
  const cells = 6 * DATASETS * 12;
  process.stdout.write(`Node ${process.version}, ${cpus()[0]?.model}; ${cells} cells, medians of ${REPEATS}\n`);
  process.stdout.write(`first run: ${time(run, folder).toFixed(2)} s (once)\n`);
  process.stdout.write(`second run, all cells finished: ${repeat(() => time(run, folder)).toFixed(2)} s\n`);
  process.stdout.write(`--help: ${repeat(() => time([cli, "--help"], folder)).toFixed(3)} s\n`);
  process.stdout.write(`node -e 0: ${repeat(() => time(["-e", "0"], folder)).toFixed(3)} s\n`);
} finally {
  await rm(folder, { recursive: true });
}
