// spikebench or MiniSearch as a resident process: asked to load texts from files, to index them and to search, each timed.
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { NO_PROMPTS } from "../dist/domain/dataset.js";
import { topRows } from "../dist/domain/top-rows.js";
import { openIndexCache } from "../dist/retrieve/index-cache.js";
import { createIndex, createIndexBuilder } from "../dist/retrieve/inverted-index.js";
import { createRetriever } from "../dist/retrieve/registry.js";

async function readTexts(path) {
  const lines = (await readFile(path, "utf8")).trimEnd().split("\n");
  return lines.map((text, row) => ({ id: `d${row}`, title: "", text }));
}

/** Through the door that runs use: texts are analysed, and every query has a whole row of scores. */
function spikebench({ documents, queries, parameters, kept }) {
  const views = {
    contentHash: "bench",
    count: documents.length,
    async *views() {
      yield* documents;
    },
  };
  const ties = Int32Array.from(documents.keys());
  const asked = { queries: ["original"], scenarios: new Map() };
  const dataset = { id: "bench", docIds: [], corpus: views, queries: [], prompts: NO_PROMPTS, asked };
  const indexes = kept === undefined ? undefined : openIndexCache({ folder: kept });
  let found;
  return {
    async index() {
      const opened = await createRetriever({ kind: "bm25", ...parameters }, { indexes }).open(dataset);
      const excluded = queries.map(() => new Int32Array());
      found = await opened.search({ documents: views, ties, queries, excluded, questions: { scores: true } });
    },
    async search(k) {
      const hits = [];
      for await (const { scores, matched } of found.answers) {
        const rows = topRows(scores.document, matched, ties, k);
        hits.push({ rows: [...rows], scores: Array.from(rows, (row) => scores.document[row]) });
      }
      return hits;
    },
  };
}

/** Terms to an index alone, as peers are given them. */
function fromTerms({ documents }) {
  const known = new Map();
  const share = (term) => {
    if (!known.has(term)) known.set(term, term);
    return known.get(term);
  };
  const rows = documents.map(({ text }) => text.split(" ").map(share));
  return {
    index() {
      const builder = createIndexBuilder();
      for (const terms of rows) builder.add(terms);
      createIndex(builder.finish());
    },
  };
}

async function minisearch({ documents, queries }) {
  const { default: MiniSearch } = await import("minisearch");
  const index = new MiniSearch({ fields: ["title", "text"] });
  return {
    index: () => index.addAll(documents),
    search: (k) => queries.map(({ text }) => index.search(text).slice(0, k).length),
  };
}

const entrants = { spikebench, fromTerms, minisearch };
let entrant;

async function answer({ operation, files, k, wantHits, ...more }) {
  if (operation === "load") {
    const [documents, queries] = await Promise.all([readTexts(files.documents), readTexts(files.queries)]);
    entrant = await entrants[process.argv[2]]({ documents, queries, ...more });
    return {};
  }
  const [start, before] = [performance.now(), process.cpuUsage()];
  const hits = await entrant[operation](k);
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(before);
  const peakBytes = process.resourceUsage().maxRSS * 1024;
  return { seconds, cpuSeconds: (user + system) / 1e6, peakBytes, ...(wantHits && { hits }) };
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await answer(JSON.parse(line)))}\n`);
}
