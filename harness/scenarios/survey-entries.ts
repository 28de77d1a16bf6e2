import type { RowRange } from "../domain/view-layout.ts";
import type { EntryPlace, EntrySource, EntrySpan } from "./entry-source.ts";
import type { ScenarioEntry } from "./scenario-entry.ts";
import { type TextOptions, type TextPieces, textPieces } from "./scenario-text.ts";

/** Portions of what may be held: what was read before lies about until garbage is collected, several times over. */
const PORTIONS_HELD = 16;

/** A scenario whose text is not joined yet. */
export type Scenario = { readonly pieces: TextPieces; readonly noise: boolean };

/** Scenarios by document row, those of a document in the order in which they are indexed. */
export type Scenarios = ReadonlyMap<number, readonly Scenario[]>;

/** Documents whose scenarios are in memory at a time, and where their entries stand. */
export type Portion = RowRange & { readonly span: EntrySpan };

/** How scenarios are read: the rows of the documents by id, how texts are made, and how much of them is held. */
export type Reading = {
  readonly rows: ReadonlyMap<string, number>;
  readonly options: TextOptions;
  /** UTF-16 units of text in memory at a time; the scenarios of one document, whatever they are. */
  readonly heldUnits: number;
};

/** What one pass over the entries tells. */
export type Survey = {
  /** Document row `d` owns scenario rows `offsets[d]` up to, not including, `offsets[d + 1]`. */
  readonly offsets: Int32Array;
  /** Documents without a scenario for which generation or parsing failed. */
  readonly failed: number;
  /** Entries that named a document outside the corpus. */
  readonly foreign: number;
  /** Entries without a scenario, of documents that have others. */
  readonly dropped: number;
  /** Whether a text takes in its document's. */
  readonly needsDocument: boolean;
  /** All documents, in their order. */
  readonly portions: readonly Portion[];
  /** All scenarios, where they are few enough. */
  readonly held: Scenarios | undefined;
};

/** What is known of every document after the pass; all by document row. */
type Tally = {
  readonly counts: Uint32Array;
  readonly units: Uint32Array;
  /** 1 where an entry brought no scenario. */
  readonly failed: Uint8Array;
  /** How many more did; few documents have several. */
  readonly failedAgain: Map<number, number>;
  /** Numbers of the batches with its first and its last scenario. */
  readonly firstBatch: Uint32Array;
  readonly lastBatch: Uint32Array;
};

/** Reads all entries once. Small numbers a document are kept, and texts as long as they are few. */
export async function surveyEntries(source: EntrySource, documents: number, reading: Reading): Promise<Survey> {
  const { rows, options, heldUnits } = reading;
  const tally = emptyTally(documents);
  const places: EntryPlace[] = [];
  let held: Map<number, Scenario[]> | undefined = new Map();
  let [units, foreign, needsDocument] = [0, 0, false];

  function take(row: number, scenario: Scenario, batch: number): void {
    const length = lengthOf(scenario);
    count(tally, row, { batch, length });
    units += length;
    needsDocument ||= scenario.pieces.includes(undefined);
    if (units > heldUnits) held = undefined;
    if (held !== undefined) addTo(held, row, scenario);
  }

  for await (const { place, entries } of source.read()) {
    const batch = places.push(place) - 1;
    for (const entry of entries) {
      const row = rows.get(entry.docId);
      const scenario = scenarioOf(entry, options);
      if (row === undefined) foreign += 1;
      else if (scenario === undefined) countFailed(tally, row);
      else take(row, scenario, batch);
    }
  }
  const { counts, failed, failedAgain } = tally;
  return {
    offsets: offsetsOf(counts),
    failed: failed.reduce((sum, own, row) => sum + (counts[row] === 0 ? own : 0), 0),
    foreign,
    dropped: failed.reduce((sum, own, row) => sum + (counts[row] === 0 ? 0 : own + (failedAgain.get(row) ?? 0)), 0),
    needsDocument,
    portions: cutPortions(tally, places, heldUnits / PORTIONS_HELD),
    held,
  };
}

/** @returns nothing for an entry that says that there is none: nothing to index is no scenario, whatever was meant by it */
export function scenarioOf(entry: ScenarioEntry, options: TextOptions): Scenario | undefined {
  if (entry.state === "failed") return undefined;
  const pieces = textPieces(entry, options);
  return pieces.every((piece) => piece?.trim() === "") ? undefined : { pieces, noise: entry.noise };
}

export function addTo(scenarios: Map<number, Scenario[]>, row: number, scenario: Scenario): void {
  const own = scenarios.get(row);
  if (own === undefined) scenarios.set(row, [scenario]);
  else own.push(scenario);
}

function emptyTally(documents: number): Tally {
  const numbers = () => new Uint32Array(documents);
  return {
    ...{ counts: numbers(), units: numbers(), failed: new Uint8Array(documents), failedAgain: new Map() },
    ...{ firstBatch: numbers(), lastBatch: numbers() },
  };
}

function count(tally: Tally, row: number, { batch, length }: { readonly batch: number; readonly length: number }) {
  const { counts, units, firstBatch, lastBatch } = tally;
  if (counts[row] === 0) firstBatch[row] = batch;
  lastBatch[row] = batch;
  counts[row] = (counts[row] ?? 0) + 1;
  units[row] = (units[row] ?? 0) + length;
}

function countFailed({ failed, failedAgain }: Tally, row: number): void {
  if (failed[row] === 1) failedAgain.set(row, (failedAgain.get(row) ?? 0) + 1);
  failed[row] = 1;
}

function lengthOf({ pieces }: Scenario): number {
  return pieces.reduce((sum, piece) => sum + (piece?.length ?? 0), 0);
}

function offsetsOf(counts: Uint32Array): Int32Array {
  const offsets = new Int32Array(counts.length + 1);
  for (const [row, own] of counts.entries()) offsets[row + 1] = (offsets[row] ?? 0) + own;
  return offsets;
}

/** As many documents that follow each other as fit; the batches of a portion are those from its first to its last entry. */
function cutPortions(tally: Tally, places: readonly EntryPlace[], most: number): readonly Portion[] {
  const { counts, units, firstBatch, lastBatch } = tally;
  const portions: Portion[] = [];
  let open = { first: 0, units: 0, firstBatch: places.length, lastBatch: -1 };
  function close(end: number): void {
    const from = places[open.firstBatch] ?? { line: 1, byte: 0 };
    const endLine = places[open.lastBatch + 1]?.line ?? Number.POSITIVE_INFINITY;
    portions.push({ first: open.first, end, span: { from, endLine } });
    open = { first: end, units: 0, firstBatch: places.length, lastBatch: -1 };
  }
  for (let row = 0; row < counts.length; row++) {
    if (counts[row] === 0) continue;
    const own = units[row] ?? 0;
    if (open.units > 0 && open.units + own > most) close(row);
    open = {
      first: open.first,
      units: open.units + own,
      firstBatch: Math.min(open.firstBatch, firstBatch[row] ?? 0),
      lastBatch: Math.max(open.lastBatch, lastBatch[row] ?? 0),
    };
  }
  close(counts.length);
  return portions;
}
