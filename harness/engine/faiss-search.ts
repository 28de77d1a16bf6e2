import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Embeddings } from "../domain/embeddings.ts";
import { HarnessError } from "../errors.ts";
import { fileError } from "../storage/file-error.ts";
import { buildFaissIndex, type FaissIndexSettings, FLAT } from "./faiss-index.ts";
import { type FaissChannel, rowsToAskFor, searchLists } from "./faiss-lists.ts";
import { checkFaissRequest, type QueryLists, wantedLists } from "./faiss-request.ts";
import type { Answer, EngineServices, Hits, RankedRows, RankedVectors, SearchRequest, Sweep } from "./types.ts";

export type FaissSearchSettings = EngineServices & {
  readonly settings: FaissIndexSettings;
  /** Where a folder for index files is made, and removed in the end. */
  readonly folder: string;
};

/** 1 where a scenario counts, as in a cut. */
type Usable = Uint8Array | undefined;
/** Both channels; the scenarios as often as the cuts choose differently among them, which is hardly ever twice. */
type Channels = { readonly documents: FaissChannel; readonly scenarios: ReadonlyMap<Usable, FaissChannel> };
type Tile = { readonly rows: Float32Array; readonly wanted: readonly QueryLists[] };

/** Queries that are searched at once. FAISS multiplies matrices from 20 on only, so a flat index always gets as many. */
const TILE = 64;
/** What a hit costs on its way from FAISS: in its lists, in plain arrays, in typed arrays, between processes. */
const BYTES_PER_HIT = 64;
const NO_ROWS: RankedRows = { rows: new Int32Array(0), scores: new Float64Array(0) };

/**
 * Answers a request from indices that are built for it and removed after it.
 *
 * @throws {HarnessError} `ENGINE_UNAVAILABLE` when the vectors, which FAISS holds in memory, and the hits of one query take
 *   more than `maxBytes`; as `checkFaissRequest`, `buildFaissIndex` and `searchLists`
 */
export async function* searchWithFaiss(request: SearchRequest, services: FaissSearchSettings): AsyncGenerator<Answer> {
  checkFaissRequest(request);
  const { queries, signal } = request;
  if (queries.count === 0) return;
  const wanted = Array.from({ length: queries.count }, (_, query) => wantedLists(request, query));
  const width = tileWidth(request, wanted, services.maxBytes);
  const folder = await makeFolder(services.folder);
  const opened: FaissChannel[] = [];
  try {
    const channels = await openChannels(request, { ...services, folder }, opened);
    for (let first = 0; first < queries.count; first += width) {
      signal?.throwIfAborted();
      const own = wanted.slice(first, first + width);
      const isFlat = services.settings.index === FLAT;
      const rows = tileRows(queries, { first, count: own.length, width: isFlat ? width : own.length });
      for (const [query, answer] of (await searchTile(request, channels, { rows, wanted: own })).entries()) {
        yield { query: first + query, ...answer };
      }
    }
  } finally {
    await Promise.all(opened.map(({ index }) => index.close()));
    await rm(folder, { recursive: true, force: true });
  }
}

function scenarioChoices({ scenarios, cuts = [] }: SearchRequest): ReadonlySet<Usable> {
  return new Set(scenarios === undefined ? [] : cuts.map(({ usable }) => usable));
}

/** @param opened gets every channel as soon as it is there, so that the caller closes it whatever happens to the next */
async function openChannels(
  request: SearchRequest,
  { settings, folder, threads }: FaissSearchSettings,
  opened: FaissChannel[],
): Promise<Channels> {
  const { documents, scenarios, signal, onProgress } = request;
  const choices = scenarioChoices(request);
  const vectors = documents.vectors.count + choices.size * (scenarios?.vectors.count ?? 0);
  // once into a file, and once more into an index that is not flat
  const total = vectors * (settings.index === FLAT ? 1 : 2);
  let done = 0;

  async function open({ vectors, ties }: RankedVectors, usable: Usable): Promise<FaissChannel> {
    const index = await buildFaissIndex({
      ...{ vectors, usable, settings, folder, threads, signal },
      channel: opened.length === 0 ? "documents" : "scenarios",
      name: `${opened.length}`,
      onProgress(more) {
        done += more;
        onProgress?.(done, total);
      },
    });
    const rows = usable === undefined ? undefined : Int32Array.from(usable.keys()).filter((row) => usable[row] !== 0);
    const channel = { index, rows, ties };
    opened.push(channel);
    return channel;
  }

  const channel = await open(documents, undefined);
  const byChoice = new Map<Usable, FaissChannel>();
  for (const usable of choices) if (scenarios !== undefined) byChoice.set(usable, await open(scenarios, usable));
  return { documents: channel, scenarios: byChoice };
}

async function searchTile(
  { sweeps = [], cuts = [] }: SearchRequest,
  channels: Channels,
  { rows, wanted }: Tile,
): Promise<readonly Omit<Answer, "query">[]> {
  const ofDocuments = wanted.map(({ documents }) => documents);
  const ofScenarios = wanted.map(({ scenarios }) => scenarios);
  const documents = await searchLists(channels.documents, rows, ofDocuments);
  const scenarios = new Map<Usable, Awaited<ReturnType<typeof searchLists>>>();
  for (const [usable, channel] of channels.scenarios) {
    // finds the lists of all cuts, of which those are used that choose these scenarios
    scenarios.set(usable, await searchLists(channel, rows, ofScenarios));
  }
  return wanted.map((_, query) => ({
    sweeps: sweeps.map((sweep, position) => sweepHits(sweep, documents[query]?.[position] ?? NO_ROWS)),
    cuts: cuts.map(({ usable }, position) => ({
      documents: documents[query]?.[sweeps.length + position] ?? NO_ROWS,
      scenarios: scenarios.get(usable)?.[query]?.[position] ?? NO_ROWS,
    })),
    scores: undefined,
  }));
}

/** A sweep over documents alone, which all pairs of weights rank alike. */
function sweepHits({ weights, missing }: Sweep, found: RankedRows): readonly Hits[] {
  const { rows, scores } = missing === "drop" ? NO_ROWS : found;
  return weights.map(({ document }) => ({
    rows,
    scores: missing === "zero" ? scores.map((score) => document * score) : scores,
    documentScores: Float32Array.from(scores),
    scenarioScores: new Float32Array(rows.length),
    scenarioRows: new Int32Array(rows.length).fill(-1),
  }));
}

/** @returns how many queries can be searched at once */
function tileWidth(request: SearchRequest, wanted: readonly QueryLists[], maxBytes: number): number {
  const { documents, scenarios } = request;
  const own = scenarios ?? documents;
  const values = documents.vectors.count + scenarioChoices(request).size * own.vectors.count;
  const held = values * documents.vectors.dim * Float32Array.BYTES_PER_ELEMENT;
  const deepest = wanted.reduce(
    (most, lists) => Math.max(most, rowsToAskFor(lists.documents), rowsToAskFor(lists.scenarios)),
    0,
  );
  const perQuery = Math.min(deepest, Math.max(documents.vectors.count, own.vectors.count)) * BYTES_PER_HIT;
  if (held + perQuery > maxBytes) {
    const needed = Math.ceil((held + perQuery) / 2 ** 20);
    const message = `FAISS holds all vectors in memory, ${needed} MiB, of ${Math.floor(maxBytes / 2 ** 20)} allowed.`;
    throw new HarnessError("ENGINE_UNAVAILABLE", message, {
      where: "engine `faiss`",
      hint: "Allow more, or choose an engine that reads vectors in blocks.",
    });
  }
  return Math.min(TILE, Math.floor((maxBytes - held) / perQuery));
}

/** Some of the queries; rows past `count` stay zero, and what is found for them is not looked at. */
function tileRows(
  { dim, rows }: Embeddings,
  { first, count, width }: { readonly first: number; readonly count: number; readonly width: number },
): Float32Array {
  const tile = new Float32Array(width * dim);
  tile.set(rows.subarray(first * dim, (first + count) * dim));
  return tile;
}

async function makeFolder(parent: string): Promise<string> {
  try {
    return await mkdtemp(join(parent, "spikebench-faiss-"));
  } catch (cause) {
    throw fileError(parent, "write", cause);
  }
}
