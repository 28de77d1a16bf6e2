// BM25 on a generated corpus: documents indexed and queries answered per second, in one thread, beside bm25s (numpy and
// numba) and, on fewer documents, MiniSearch (BM25+, in JavaScript); and what keeping the index on disk saves.
// npm run build && node bench/bm25.mjs [documents, 500000 unless told] [rounds, 3] [documents for MiniSearch, 20000]
import { spawnSync } from "node:child_process";
import { createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { median, startResident } from "./resident.mjs";
import { mulberry32 } from "./seeded-numbers.mjs";

const [SIZE, ROUNDS, FEWER] = [500_000, 3, 20_000].map((usual, at) => Number(process.argv[2 + at] ?? usual));
const QUERIES = 300;
const HITS = 100;
const WORDS = { vocabulary: 200_000, document: [20, 100], query: [3, 12] };
/** What both compute alike: bm25s knows no lengths in one byte. */
const PARAMETERS = { k1: 0.9, b: 0.4 };
/** Scores are float32; bm25s sums in it, too. */
const TIE = 1e-5;

const child = (name) => [
  process.execPath,
  ["--max-old-space-size=16000", join(import.meta.dirname, "bm25-child.mjs"), name],
];
const python = (backend) => ["python3", [join(import.meta.dirname, "bm25s_peer.py"), backend]];
const OURS = { command: child("spikebench"), parameters: { ...PARAMETERS, lengths: "exact" }, threads: [1] };
const ENTRANTS = {
  spikebench: OURS,
  "spikebench, from terms": { command: child("fromTerms"), threads: [] },
  "bm25s, numba": { command: python("numba"), parameters: PARAMETERS, threads: [1, 2] },
  "bm25s, numpy": { command: python("numpy"), parameters: PARAMETERS, threads: [1, 2] },
};
const FEWER_ENTRANTS = { spikebench: OURS, MiniSearch: { command: child("minisearch"), threads: [1] } };

/** Texts whose words follow Zipf's law, a line each. English analysis leaves these words as they are. */
async function writeTexts(path, count, [least, most], seed) {
  const next = mulberry32(seed);
  const word = () => `w${Math.floor(WORDS.vocabulary ** next())}`;
  function* lines() {
    for (let row = 0; row < count; row++) {
      yield `${Array.from({ length: least + Math.floor(next() * (most - least)) }, word).join(" ")}\n`;
    }
  }
  await pipeline(Readable.from(lines()), createWriteStream(path));
  return path;
}

/** A process that loads, indexes and searches once for each number of threads. */
async function measure({ command, parameters, threads }, { files, kept, wantHits }) {
  const resident = startResident(...command);
  try {
    await resident.ask({ operation: "load", files, parameters, kept });
    const index = await resident.ask({ operation: "index" });
    const searches = [];
    for (const count of threads) {
      searches.push(await resident.ask({ operation: "search", k: HITS, threads: count, wantHits }));
    }
    return { index, searches };
  } finally {
    await resident.close();
  }
}

/** Every entrant once a round, the order turning. */
async function rounds(entrants, task) {
  const names = Object.keys(entrants);
  const taken = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < ROUNDS; round++) {
    for (let turn = 0; turn < names.length; turn++) {
      const name = names[(turn + round) % names.length];
      taken[name].push(await measure(entrants[name], { ...task, wantHits: round === 0 }));
    }
  }
  return taken;
}

/** A line a figure; ratio: of the seconds to spikebench's within each round. */
function say(title, taken, { documents, base }) {
  process.stdout.write(`\n${title}\n`);
  const line = (name, figure, count, of, baseOf) => {
    const answers = taken[name].map(of);
    const ratios = answers.map(({ seconds }, round) => seconds / baseOf(taken[base][round]).seconds);
    const [seconds, cpu, peak] = ["seconds", "cpuSeconds", "peakBytes"].map((key) =>
      median(answers.map((each) => each[key])),
    );
    process.stdout.write(
      `  ${`${name}, ${figure}`.padEnd(42)} ${seconds.toFixed(2).padStart(7)} s (CPU ${cpu.toFixed(2)})  ` +
        `${Math.round(count / seconds)}/s  ratio ${median(ratios).toFixed(2)}  peak ${(peak / 1e6).toFixed(0)} MB\n`,
    );
  };
  for (const name of Object.keys(taken))
    line(
      name,
      "documents indexed",
      documents,
      ({ index }) => index,
      ({ index }) => index,
    );
  for (const [name, [{ searches }]] of Object.entries(taken)) {
    for (const at of searches.keys()) {
      const figure = searches.length > 1 ? `queries, ${at + 1} thread${at === 0 ? "" : "s"}` : "queries";
      line(
        name,
        figure,
        QUERIES,
        (each) => each.searches[at],
        (each) => each.searches[0],
      );
    }
  }
}

/** Share of the queries with the same best ten, but for documents whose scores differ by no more than rounding. */
function agreement(ours, theirs) {
  let largest = 0;
  const same = ours.filter((own, query) =>
    own.rows.slice(0, 10).every((row, rank) => {
      const at = theirs[query].rows.indexOf(row);
      const difference = Math.abs(own.scores[rank] - theirs[query].scores[rank]) / own.scores[rank];
      largest = Math.max(largest, difference);
      return difference < TIE && at !== -1 && Math.abs(theirs[query].scores[at] / own.scores[rank] - 1) < TIE;
    }),
  );
  const equal = ours.filter(({ rows }, query) => String(rows.slice(0, 10)) === String(theirs[query].rows.slice(0, 10)));
  return { share: same.length / ours.length, equal: equal.length / ours.length, largest };
}

const folder = await mkdtemp(join(tmpdir(), "bench-bm25-"));
const installed = spawnSync("python3", ["-c", "import bm25s, numba; print(bm25s.__version__)"], { encoding: "utf8" });
try {
  const version = installed.status === 0 ? installed.stdout.trim() : "or numba not installed: not measured";
  process.stdout.write(
    `Node ${process.version}, ${cpus()[0]?.model} x ${cpus().length}, ${ROUNDS} rounds; bm25s ${version}\n`,
  );
  const files = {
    documents: await writeTexts(join(folder, "documents.txt"), SIZE, WORDS.document, 1),
    queries: await writeTexts(join(folder, "queries.txt"), QUERIES, WORDS.query, 2),
  };
  const present = Object.entries(ENTRANTS).filter(([name]) => installed.status === 0 || !name.startsWith("bm25s"));
  const taken = await rounds(Object.fromEntries(present), { files });
  say(`${SIZE} documents, ${QUERIES} queries, ${HITS} hits`, taken, { documents: SIZE, base: "spikebench" });
  const hitsOf = (name) => taken[name]?.[0].searches[0].hits;
  for (const name of ["bm25s, numba", "bm25s, numpy"]) {
    if (hitsOf(name) === undefined) continue;
    const { share, equal, largest } = agreement(hitsOf("spikebench"), hitsOf(name));
    process.stdout.write(
      `  best 10 as ${name}: equal ${(100 * equal).toFixed(1)} %, equal but for ties within ${TIE} ${(100 * share).toFixed(1)} %; ` +
        `scores differ by ${largest.toExponential(1)} at most\n`,
    );
  }
  const kept = join(folder, "kept");
  await measure(OURS, { files, kept });
  const read = await measure(OURS, { files, kept });
  process.stdout.write(`  spikebench, index read from the cache ${read.index.seconds.toFixed(2)} s\n`);

  const fewer = {
    documents: await writeTexts(join(folder, "fewer.txt"), FEWER, WORDS.document, 1),
    queries: files.queries,
  };
  const beside = await rounds(FEWER_ENTRANTS, { files: fewer });
  say(`${FEWER} documents, ${QUERIES} queries, ${HITS} hits`, beside, { documents: FEWER, base: "spikebench" });
} finally {
  await rm(folder, { recursive: true });
}
