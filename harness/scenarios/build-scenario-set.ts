import type { Dataset } from "../domain/dataset.ts";
import type { ScenarioCoverage, ScenarioSet } from "../domain/scenario-set.ts";
import { composeView, scenarioId, type View, type ViewCollection } from "../domain/view.ts";
import { createTextHash } from "../storage/content-hash.ts";
import type { ScenarioEntry } from "./scenario-entry.ts";
import { joinPieces, type TextOptions, type TextPieces, textPieces } from "./scenario-text.ts";

type Scenario = { readonly pieces: TextPieces; readonly noise: boolean };

type Gathered = {
  /** Scenarios of a document row, in the order in which they are indexed. */
  readonly scenarios: ReadonlyMap<number, readonly Scenario[]>;
  /** Document rows for which generation or parsing failed. */
  readonly failed: ReadonlySet<number>;
  /** Entries that named a document outside the corpus. */
  readonly foreign: number;
};

type Documents = Pick<Dataset, "docIds" | "corpus">;

/** Lays scenarios out in document order, whatever the order of the entries, and counts what they cover. */
export async function buildScenarioSet(
  documents: Documents,
  entries: AsyncIterable<ScenarioEntry>,
  options: TextOptions,
): Promise<ScenarioSet> {
  const gathered = await gather(documents, entries, options);
  const { docIds } = documents;
  const offsets = new Int32Array(docIds.length + 1);
  const noise: number[] = [];
  for (let row = 0; row < docIds.length; row++) {
    for (const scenario of gathered.scenarios.get(row) ?? []) noise.push(scenario.noise ? 1 : 0);
    offsets[row + 1] = noise.length;
  }
  return {
    offsets,
    noise: Uint8Array.from(noise),
    views: await collectViews(documents, gathered.scenarios),
    coverage: countCoverage(docIds.length, gathered),
  };
}

async function gather(
  { docIds }: Documents,
  entries: AsyncIterable<ScenarioEntry>,
  options: TextOptions,
): Promise<Gathered> {
  const rows = new Map<string, number>(docIds.map((id, row) => [id, row]));
  const scenarios = new Map<number, Scenario[]>();
  const failed = new Set<number>();
  let foreign = 0;
  for await (const entry of entries) {
    const row = rows.get(entry.docId);
    if (row === undefined) foreign += 1;
    else if (entry.state === "failed") failed.add(row);
    else {
      const pieces = textPieces(entry, options);
      const own = scenarios.get(row) ?? [];
      // nothing to index is no scenario, whatever the generator meant by it
      if (pieces.every((piece) => piece?.trim() === "")) failed.add(row);
      else scenarios.set(row, [...own, { pieces, noise: entry.noise }]);
    }
  }
  return { scenarios, failed, foreign };
}

async function collectViews(
  documents: Documents,
  scenarios: ReadonlyMap<number, readonly Scenario[]>,
): Promise<ViewCollection> {
  const needsDocument = [...scenarios.values()].some((own) => own.some(({ pieces }) => pieces.includes(undefined)));

  function* ofDocument(row: number, text: string): Generator<View> {
    for (const [position, { pieces }] of (scenarios.get(row) ?? []).entries()) {
      yield { id: scenarioId(documents.docIds[row] ?? "", position), title: "", text: joinPieces(pieces, text) };
    }
  }

  function* alone(): Generator<View> {
    for (let row = 0; row < documents.docIds.length; row++) yield* ofDocument(row, "");
  }

  /** The texts of the documents are streamed beside: only the scenarios are held. */
  async function* withDocuments(): AsyncGenerator<View> {
    let row = 0;
    for await (const view of documents.corpus.views()) yield* ofDocument(row++, composeView(view));
  }

  const views = needsDocument ? withDocuments : alone;
  return { contentHash: await hashViews(views, scenarios), count: countAll(scenarios), views };
}

async function hashViews(
  views: () => AsyncIterable<View> | Iterable<View>,
  scenarios: ReadonlyMap<number, readonly Scenario[]>,
): Promise<string> {
  const hash = createTextHash();
  const marks = [...scenarios]
    .sort(([a], [b]) => a - b)
    .flatMap(([row, own]) => own.map(({ noise }) => ({ row, noise })));
  let index = 0;
  for await (const { text } of views()) {
    const mark = marks[index++];
    hash.add(String(mark?.row), text, mark?.noise === true ? "noise" : "");
  }
  return hash.digest();
}

function countAll(scenarios: ReadonlyMap<number, readonly Scenario[]>): number {
  return [...scenarios.values()].reduce((sum, own) => sum + own.length, 0);
}

function countCoverage(documents: number, { scenarios, failed, foreign }: Gathered): ScenarioCoverage {
  const counts = Array.from(scenarios.values(), (own) => own.filter(({ noise }) => !noise).length);
  const perDocument = counts.filter((count) => count > 0).sort((a, b) => a - b);
  const { length } = perDocument;
  const median = ((perDocument[Math.floor((length - 1) / 2)] ?? 0) + (perDocument[Math.floor(length / 2)] ?? 0)) / 2;
  return {
    documents,
    covered: length,
    noise: counts.length - length,
    failed: [...failed].filter((document) => !scenarios.has(document)).length,
    foreign,
    scenarios: countAll(scenarios),
    perDocument: { min: perDocument[0] ?? 0, median, max: perDocument.at(-1) ?? 0 },
  };
}
