import { dirname } from "node:path";
import { didYouMean } from "../../component.ts";
import type { DocId, QueryId } from "../../domain/ids.ts";
import { queryId } from "../../domain/ids.ts";
import type { QueryView, ViewedHit, ViewedSystem } from "../../domain/query-view.ts";
import type { CellResult, ExperimentResult } from "../../domain/result.ts";
import type { Ranking } from "../../domain/run.ts";
import { HarnessError } from "../../errors.ts";
import { cellId } from "../../plan/cell-id.ts";
import { cellLayout } from "../../storage/layout.ts";
import { readNamedResult } from "../compare/named-result.ts";
import { readCheckedValues } from "../run/cell-values.ts";
import { type ChannelHit, readChannelScores } from "../run/channel-scores.ts";
import { readCellRun } from "../run/run-writers.ts";
import { choosePairs, type Pair, type ViewChoice } from "./query-cells.ts";
import { type QueryTexts, readQueryTexts } from "./query-texts.ts";

type Source = { readonly path: string; readonly result: ExperimentResult; readonly texts: QueryTexts | undefined };

/**
 * What a result tells of one query: both rankings of every system that is asked for, with what their scores are made of.
 * Read from the folders beside the result; nothing is computed anew.
 *
 * @throws {HarnessError} `USAGE` when no finished cell fits the choice, or none of those has the query; and whatever is
 *   wrong with a file
 */
export async function viewQuery(path: string, id: string, choice: ViewChoice): Promise<QueryView> {
  const result = await readNamedResult(path);
  const texts = await readQueryTexts(dirname(path), result.id);
  const source = { path, result, texts };
  const query = queryId(id);
  const systems: ViewedSystem[] = [];
  const known = new Set<string>();
  for (const pair of choosePairs(source, choice)) {
    const values = await readCheckedValues(filesOf(pair.base, source).values, pair.base);
    for (const one of values.keys()) known.add(one);
    const own = values.get(query);
    if (own !== undefined) systems.push(await viewSystem(pair, { ...source, query, hits: choice.hits, values: own }));
  }
  if (systems.length === 0) throw unknownQuery(id, known, path);
  return { query, texts: textsOf(systems, query, texts), systems, notes: notesOf(texts) };
}

type Viewing = Source & {
  readonly query: QueryId;
  readonly hits: number;
  readonly values: Readonly<Record<string, number>>;
};

async function viewSystem({ base, spike }: Pair, viewing: Viewing): Promise<ViewedSystem> {
  const { query, hits, values } = viewing;
  const ids = viewing.texts?.ids ?? "refuse";
  const ranking = (await readCellRun(filesOf(base, viewing).run, { ids })).get(query) ?? [];
  const { retriever, dataset, queries: querySet } = base;
  const known = { retriever, dataset, querySet, baseValues: values };
  const baseRanks = ranksOf(ranking);
  const gold = viewing.texts?.query(dataset, querySet, query)?.gold;
  const relevant = (ranks: ReadonlyMap<DocId, number> | undefined) =>
    gold === undefined
      ? null
      : Array.from(gold, ([docId, grade]) => {
          return { docId, grade, baseRank: baseRanks.get(docId) ?? null, rank: ranks?.get(docId) ?? null };
        });
  const plain = ranking.slice(0, hits).map((hit, at) => viewHit({ ...hit, rank: at + 1 }, { cell: base, viewing }));
  if (spike === undefined) return { ...known, base: plain, relevant: relevant(undefined), spike: null };
  const files = filesOf(spike, viewing);
  const own = (await readCellRun(files.run, { ids })).get(query) ?? [];
  const found: readonly RankedHit[] = (await readHits(files.channels, query, hits)) ?? ranked(own).slice(0, hits);
  return {
    ...known,
    base: plain,
    relevant: relevant(ranksOf(own)),
    spike: {
      scenarios: spike.scenarios ?? "",
      fusion: spike.fusion ?? "",
      alpha: spike.alpha ?? Number.NaN,
      values: (await readCheckedValues(files.values, spike)).get(query) ?? {},
      hits: found.map((hit) => viewHit(hit, { cell: spike, viewing, baseRanks })),
    },
  };
}

function ranksOf(ranking: Ranking): ReadonlyMap<DocId, number> {
  return new Map(ranking.map(({ docId }, at) => [docId, at + 1]));
}

/** A hit of a run, or one with its scores by channel. */
type RankedHit = Pick<ChannelHit, "docId" | "score" | "rank"> & Partial<ChannelHit>;

function ranked(ranking: Ranking): readonly RankedHit[] {
  return ranking.map((hit, at) => ({ ...hit, rank: at + 1 }));
}

/** The first hits of a query with their scores by channel; undefined for a cell that fuses none. */
async function readHits(path: string, query: QueryId, hits: number): Promise<readonly ChannelHit[] | undefined> {
  const found: ChannelHit[] = [];
  try {
    for await (const hit of readChannelScores(path)) {
      if (hit.queryId === query && hit.rank <= hits) found.push(hit);
    }
    return found;
  } catch (error) {
    if (error instanceof HarnessError && error.code === "FILE_MISSING") return undefined;
    throw error;
  }
}

type HitPlace = {
  readonly cell: CellResult;
  readonly viewing: Viewing;
  readonly baseRanks?: ReadonlyMap<DocId, number>;
};

function viewHit({ docId, score, rank, ...hit }: RankedHit, { cell, viewing, baseRanks }: HitPlace): ViewedHit {
  const { query, texts } = viewing;
  const place = { dataset: cell.dataset, set: cell.scenarios ?? "" };
  const gold = texts?.query(cell.dataset, cell.queries, query)?.gold;
  return {
    ...{ rank, docId, score },
    grade: gold?.get(docId) ?? null,
    text: texts?.document(cell.dataset, docId) ?? null,
    baseRank: baseRanks?.get(docId) ?? null,
    channels:
      hit.documentScore === undefined
        ? null
        : {
            document: hit.documentScore,
            scenario: hit.scenario ? { ...hit.scenario, text: texts?.scenario(place, hit.scenario.id) ?? null } : null,
          },
  };
}

function filesOf(cell: CellResult, { path }: Source) {
  return cellLayout(dirname(path), cellId(cell));
}

function textsOf(systems: readonly ViewedSystem[], query: QueryId, texts: QueryTexts | undefined): QueryView["texts"] {
  const places = new Map(systems.map((one) => [JSON.stringify([one.dataset, one.querySet]), one]));
  return Array.from(places.values(), ({ dataset, querySet }) => {
    const text = texts?.query(dataset, querySet, query)?.text;
    return text === undefined ? [] : [{ dataset, querySet, text }];
  }).flat();
}

function notesOf(texts: QueryTexts | undefined): readonly string[] {
  return texts === undefined
    ? ["Texts and judgements are not at hand: only ids are shown, and nothing is marked."]
    : [];
}

function unknownQuery(id: string, known: ReadonlySet<string>, path: string): HarnessError {
  const ids = [...known];
  return new HarnessError("USAGE", `expected a judged query, found none called \`${id}\`.`, {
    where: path,
    hint: didYouMean(id, ids) || `It has ${ids.length}, such as ${ids.slice(0, 5).join(", ")}.`,
  });
}
