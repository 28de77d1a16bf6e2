// Size and render time of a report page of BRIGHT's size: 12 datasets, 1,384 queries, 6 retrievers x 11 alphas, top 10, all texts of
// their own: `npm run build && node bench/report-page.mjs [folder]`; with a folder the page is written there, to be looked at.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { DEFAULT_POLICY } from "../dist/domain/policy.js";
import { renderPage } from "../dist/report/page/render-page.js";
import { mulberry32 } from "./seeded-numbers.mjs";

/** Queries of each dataset of BRIGHT. */
const DATASETS = [103, 116, 103, 101, 117, 101, 108, 142, 112, 111, 194, 76];
const RETRIEVERS = 6;
const ALPHAS = Array.from({ length: 11 }, (_, i) => i / 10);
const MEASURES = ["nDCG@10", "R@100"];
const HITS = 10;
const GOLD = 5;
const ROUNDS = 3;
const CUT = { queries: 2_000, documents: 300, scenarios: 400 };
const DEPTHS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000];

const numbers = mulberry32(1);
const words = (await readFile(new URL("../datasets/demo/corpus.jsonl", import.meta.url), "utf8"))
  .split(/\s+/)
  .filter((word) => /^[a-z]+$/.test(word));

/** Words at random, as often as the demonstration corpus has them: they compress worse than sentences. */
function textOf(length) {
  let text = "";
  while (text.length < length) text += `${words[Math.floor(numbers() * words.length)]} `;
  return `${text.slice(0, length - 1)}…`;
}

function rankingOf(dataset, query, spike) {
  const hits = Array.from({ length: HITS }, (_, rank) => {
    // of 41 documents that any of the rankings has: six systems on NFCorpus have 39 at the mean, and 8 scenarios each
    const docId = `${dataset}/document-${query}-${Math.floor(numbers() * 41)}`;
    const score = 1 - rank / 20 + numbers() / 30;
    const scenario = { id: `${docId}#${Math.floor(numbers() ** 3 * 5)}`, score: score - 0.1 };
    return { docId, score, channels: spike ? { document: score + 0.1, scenario } : undefined };
  });
  const values = Object.fromEntries(MEASURES.map((measure) => [measure, Math.min(1, numbers())]));
  const goldRanks = new Map(hits.slice(0, 2).map(({ docId }, at) => [docId, at + 1]));
  return { values, hits, goldRanks };
}

function cellsOf(retriever, dataset) {
  const system = { retriever, dataset, queries: "original" };
  const cell = (axes) => ({
    ...{ ...system, scenarios: null, fusion: null, alpha: null, ...axes },
    ...{ system: retriever, status: "done", error: null, run: `${dataset}@${retriever}/run.trec.gz` },
    ...{ runSha256: "0".repeat(64), counts: { judged: 100, answered: 100, missing: 0, unjudged: 0 }, truncated: [] },
    values: Object.fromEntries(MEASURES.map((measure) => [measure, 0.2 + numbers() / 10])),
  });
  return [cell({}), ...ALPHAS.map((alpha) => cell({ scenarios: "spike", fusion: "default", alpha }))];
}

function comparisonOf(retriever, dataset, measure) {
  const curve = ALPHAS.map((alpha) => {
    const difference = 0.05 - (alpha - 0.4) ** 2 / 8 + numbers() / 100;
    return { alpha, mean: 0.25 + difference, difference, interval: [difference - 0.03, difference + 0.03] };
  });
  const [{ difference, interval }] = curve;
  const comparison = {
    ...{ n: 100, meanA: 0.3, meanB: 0.25, difference, pRandomization: 0.01, pT: 0.01, interval, dz: 0.3 },
    ...{ wins: 50, ties: 20, losses: 30, mde: 0.04, relative: 0.2, t: 2.5, tInterval: interval, pWilcoxon: null },
    ...{ hedges: 0.3, superiority: 0.6, systemA: "a", systemB: "b", dataset, notes: [] },
    ...{ randomization: { draws: 100_000, exact: false }, protocol: {} },
  };
  return {
    ...{ retriever, queries: "original", scenarios: "spike", fusion: "default", dataset, measure, comparison, curve },
    ...{ pCorrected: numbers() / 10, familySize: 72, reason: null, crossFitted: { alphas: [0.4, 0.5], mean: 0.3 } },
  };
}

function sourceOf() {
  const retrievers = Array.from({ length: RETRIEVERS }, (_, at) => `retriever-${at + 1}`);
  const ids = DATASETS.map((_, at) => `bright/dataset-${at + 1}`);
  const pairs = ids.flatMap((dataset) => retrievers.map((retriever) => ({ retriever, dataset })));
  const texts = new Map();
  const excerpt = (id, length) => {
    if (!texts.has(id)) texts.set(id, textOf(length));
    return texts.get(id);
  };
  const querySets = ids.map((dataset, at) => ({
    ...{ dataset, querySet: "original" },
    queries: Array.from({ length: DATASETS[at] }, (_, query) => ({
      id: `${query}`,
      text: textOf(800),
      gold: new Map(Array.from({ length: GOLD }, (_, gold) => [`${dataset}/document-${query}-${gold}`, 1])),
    })),
  }));
  const rows = pairs.map(({ retriever, dataset }) => ({
    ...{ retriever, dataset, queries: "original", scenarios: "spike", fusion: "default", choice: "fixed" },
    answers: new Map(
      querySets[ids.indexOf(dataset)].queries.map(({ id }) => [
        id,
        { base: rankingOf(dataset, id, false), spike: { ...rankingOf(dataset, id, true), alpha: 0.5 } },
      ]),
    ),
    recall: { depths: DEPTHS, base: DEPTHS.map((_, at) => at / 10), spike: DEPTHS.map((_, at) => at / 9.5) },
  }));
  const declaration = {
    ...{ alpha: 0.5, test: "randomization", correction: "holm", family: "all", crossFit: "queries", folds: 5 },
    ...{ wilcoxon: false, seed: 1, draws: 100_000, resamples: 10_000, level: 0.95 },
  };
  const digest = "a".repeat(64);
  const result = {
    ...{ schemaVersion: 2, id: "e".repeat(64), name: "synthetic", description: "Made by a benchmark.", notes: [] },
    ...{ measures: MEASURES, declaredAlpha: 0.5, groups: [], allowMixed: false, scenarios: [] },
    datasets: ids.map((id, at) => ({
      ...{ id, documents: 50_000, queries: DATASETS[at], judgements: 500, origin: ["folder"], notes: [] },
      ...{ corpusSha256: digest, qrelsSha256: digest, policyHash: digest, policy: DEFAULT_POLICY },
    })),
    cells: pairs.flatMap(({ retriever, dataset }) => cellsOf(retriever, dataset)),
    comparison: {
      ...{ key: digest, declaration, means: [] },
      rows: MEASURES.flatMap((measure) =>
        pairs.map(({ retriever, dataset }) => comparisonOf(retriever, dataset, measure)),
      ),
    },
  };
  const excerpts = {
    cut: CUT,
    document: (_, id) => excerpt(id, CUT.documents),
    scenario: (_, id) => excerpt(id, CUT.scenarios),
  };
  const provenance = { version: "0", runFile: { name: "synthetic.yaml", text: "version: 1\n" }, retrievers: [] };
  return { source: { result, rows, querySets, excerpts, provenance, work: undefined }, texts };
}

const { source, texts } = sourceOf();
let page = await renderPage(source);
const seconds = [];
const cpu = process.cpuUsage();
for (let round = 0; round < ROUNDS; round++) {
  const start = performance.now();
  page = await renderPage(source);
  seconds.push((performance.now() - start) / 1_000);
}
seconds.sort((a, b) => a - b);
const { user, system } = process.cpuUsage(cpu);
const megabytes = (text) => `${(Buffer.byteLength(text) / 1e6).toFixed(2)} MB`;
process.stdout.write(
  `Node ${process.version}, ${cpus()[0]?.model}; ${DATASETS.reduce((sum, count) => sum + count, 0)} queries, ${source.rows.length} rows, ${texts.size} texts\n` +
    `index.html: ${megabytes(page.index)}, texts cut after ${/cut after (\d+) characters, scenarios after (\d+)/.exec(page.index)?.slice(1).join(" and ")}; ${page.charts.size} charts: ${megabytes([...page.charts.values()].join(""))}; ` +
    `pages of queries: ${page.queries.size}\n` +
    `rendered in ${seconds[1]?.toFixed(2)} s (median of ${ROUNDS}), ${((user + system) / 1e6 / ROUNDS).toFixed(2)} s of CPU; peak ${(process.resourceUsage().maxRSS / 1e3).toFixed(0)} MB\n`,
);

const [, , folder] = process.argv;
if (folder !== undefined) {
  for (const [name, files] of [
    [".", new Map([["index.html", page.index]])],
    ["charts", page.charts],
    ["queries", page.queries],
  ]) {
    await mkdir(join(folder, name), { recursive: true });
    for (const [file, text] of files) await writeFile(join(folder, name, file), text);
  }
}
