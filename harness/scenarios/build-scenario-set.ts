import type { DocId } from "../domain/ids.ts";
import type { ScenarioCoverage, ScenarioSet } from "../domain/scenario-set.ts";
import { createTextHash } from "../storage/content-hash.ts";

export type ScenarioText = { readonly text: string; readonly noise: boolean };

export type ScenarioRows = {
  /** Scenarios of a document row, in the order in which they are indexed. */
  readonly texts: ReadonlyMap<number, readonly ScenarioText[]>;
  /** Document rows for which generation or parsing failed. */
  readonly failed: ReadonlySet<number>;
  /** Rows that named a document outside the corpus. */
  readonly foreign: number;
};

/** Lays scenarios out in document order and counts what they cover. */
export function buildScenarioSet(docIds: readonly DocId[], { texts, failed, foreign }: ScenarioRows): ScenarioSet {
  const offsets = new Int32Array(docIds.length + 1);
  const ordered: (ScenarioText & { readonly id: string })[] = [];
  const hash = createTextHash();
  for (const [document, docId] of docIds.entries()) {
    for (const [position, scenario] of (texts.get(document) ?? []).entries()) {
      ordered.push({ ...scenario, id: `${docId}#${position}` });
      hash.add(String(document), scenario.text, scenario.noise ? "noise" : "");
    }
    offsets[document + 1] = ordered.length;
  }
  return {
    offsets,
    noise: Uint8Array.from(ordered, ({ noise }) => (noise ? 1 : 0)),
    views: {
      contentHash: hash.digest(),
      count: ordered.length,
      views: () => ordered.map(({ id, text }) => ({ id, title: "", text })),
    },
    coverage: countCoverage(docIds.length, { texts, failed, foreign }),
  };
}

function countCoverage(documents: number, { texts, failed, foreign }: ScenarioRows): ScenarioCoverage {
  const counts = Array.from(texts.values(), (own) => own.filter(({ noise }) => !noise).length);
  const perDocument = counts.filter((count) => count > 0).sort((a, b) => a - b);
  const { length } = perDocument;
  const median = ((perDocument[Math.floor((length - 1) / 2)] ?? 0) + (perDocument[Math.floor(length / 2)] ?? 0)) / 2;
  return {
    documents,
    covered: length,
    noise: counts.length - length,
    failed: [...failed].filter((document) => !texts.has(document)).length,
    foreign,
    scenarios: [...texts.values()].reduce((sum, own) => sum + own.length, 0),
    perDocument: { min: perDocument[0] ?? 0, median, max: perDocument.at(-1) ?? 0 },
  };
}
