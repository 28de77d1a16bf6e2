import type { Dataset } from "../domain/dataset.ts";
import type { ScenarioCoverage, ScenarioSet } from "../domain/scenario-set.ts";
import { composeView, scenarioId, type View, type ViewCollection, viewsFrom } from "../domain/view.ts";
import { createTextHash } from "../storage/content-hash.ts";
import type { EntrySource } from "./entry-source.ts";
import { openPortionReader, type PortionReader } from "./portion-reader.ts";
import { joinPieces, type TextOptions } from "./scenario-text.ts";
import { type Scenario, type Scenarios, type Survey, surveyEntries } from "./survey-entries.ts";

/** Of a set of so many UTF-16 units all texts are held; a larger one is read again at every pass. */
const HELD_UNITS = 2 ** 28;

type Documents = Pick<Dataset, "docIds" | "corpus">;

export type SetOptions = {
  readonly text: TextOptions;
  /** UTF-16 units of texts in memory at a time, 256 Mi unless told; no set depends on it. */
  readonly heldUnits?: number | undefined;
};

/**
 * Lays scenarios out in document order, whatever the order of the entries, and counts what they cover. A large set in another
 * order than that of the documents takes a pass over its source for every part that memory holds.
 */
export async function buildScenarioSet(
  documents: Documents,
  source: EntrySource,
  { text, heldUnits = HELD_UNITS }: SetOptions,
): Promise<ScenarioSet> {
  const { docIds } = documents;
  const rows = new Map<string, number>(docIds.map((id, row) => [id, row]));
  const reading = { rows, options: text, heldUnits };
  const survey = await surveyEntries(source, docIds.length, reading);
  const { offsets } = survey;
  const texts = { documents, survey, reader: openPortionReader(source, survey, reading) };
  const { contentHash, noise } = await readThrough(texts);
  const views: ViewCollection = {
    contentHash,
    count: noise.length,
    views: () =>
      survey.held === undefined || survey.needsDocument ? readViews(texts, 0) : heldViews(survey.held, docIds),
    from: (first) => readViews(texts, first),
  };
  return { offsets, noise, views, coverage: countCoverage(survey, noise) };
}

type Texts = { readonly documents: Documents; readonly survey: Survey; readonly reader: PortionReader };

/** A document row with its scenarios, and its own text where they take it in. */
type WithScenarios = { readonly row: number; readonly scenarios: readonly Scenario[]; readonly text: string };

/** The documents that have scenarios, from a document on. */
async function* eachDocument({ documents, survey, reader }: Texts, first: number): AsyncGenerator<WithScenarios> {
  // the texts of the documents are streamed beside
  const bodies = survey.needsDocument ? viewsFrom(documents.corpus, first) : undefined;
  try {
    for await (const { portion, scenarios } of reader.read(first)) {
      for (let row = Math.max(portion.first, first); row < portion.end; row++) {
        const body = await bodies?.next();
        const own = scenarios.get(row);
        if (own === undefined) continue;
        yield { row, scenarios: own, text: body === undefined || body.done === true ? "" : composeView(body.value) };
      }
    }
  } finally {
    await bodies?.return(undefined);
  }
}

async function* readViews(texts: Texts, first: number): AsyncGenerator<View> {
  const { documents, survey } = texts;
  const { offsets } = survey;
  for await (const { row, scenarios, text } of eachDocument(texts, ownerOf(first, offsets))) {
    const passed = Math.max(0, first - (offsets[row] ?? 0));
    for (const view of viewsOf(scenarios, documents.docIds[row] ?? "", text).slice(passed)) yield view;
  }
}

function* heldViews(held: Scenarios, docIds: Documents["docIds"]): Generator<View> {
  for (const [row, docId] of docIds.entries()) yield* viewsOf(held.get(row) ?? [], docId, "");
}

function viewsOf(scenarios: readonly Scenario[], docId: string, text: string): readonly View[] {
  return scenarios.map(({ pieces }, position) => ({
    id: scenarioId(docId, position),
    title: "",
    text: joinPieces(pieces, text),
  }));
}

/** The document of a scenario row: the first one whose scenarios end behind it. */
function ownerOf(scenario: number, offsets: Int32Array): number {
  let [low, high] = [0, offsets.length - 1];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((offsets[middle + 1] ?? 0) > scenario) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** What has to be known of every text once. */
async function readThrough(texts: Texts): Promise<{ readonly contentHash: string; readonly noise: Uint8Array }> {
  const { offsets } = texts.survey;
  const hash = createTextHash();
  const noise = new Uint8Array(offsets.at(-1) ?? 0);
  for await (const { row, scenarios, text } of eachDocument(texts, 0)) {
    const first = offsets[row] ?? 0;
    for (const [position, scenario] of scenarios.entries()) {
      hash.add(String(row), joinPieces(scenario.pieces, text), scenario.noise ? "noise" : "");
      noise[first + position] = Number(scenario.noise);
    }
  }
  return { contentHash: hash.digest(), noise };
}

function countCoverage({ offsets, failed, foreign, dropped }: Survey, noise: Uint8Array): ScenarioCoverage {
  const documents = offsets.length - 1;
  const perDocument = new Uint32Array(documents);
  let [covered, withScenarios] = [0, 0];
  for (let row = 0; row < documents; row++) {
    const [first = 0, end = 0] = [offsets[row], offsets[row + 1]];
    const content = noise.subarray(first, end).reduce((sum, flag) => sum + 1 - flag, 0);
    if (end > first) withScenarios += 1;
    if (content > 0) perDocument[covered++] = content;
  }
  const sorted = perDocument.subarray(0, covered).sort();
  const median = ((sorted[Math.floor((covered - 1) / 2)] ?? 0) + (sorted[Math.floor(covered / 2)] ?? 0)) / 2;
  return {
    ...{ documents, covered, noise: withScenarios - covered, failed, foreign, scenarios: noise.length },
    ...(dropped === 0 ? {} : { dropped }),
    perDocument: { min: sorted[0] ?? 0, median, max: sorted.at(-1) ?? 0 },
  };
}
