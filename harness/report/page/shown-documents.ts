import type { DocId } from "../../domain/ids.ts";
import type { Judgements, Qrels } from "../../domain/qrels.ts";
import { compareIds } from "../../domain/run.ts";
import type { ShownRow } from "./page-source.ts";

/** Relevant documents of a query that are listed with their ranks. */
const SHOWN_GOLD = 10;

/** The relevant documents of a query that a page lists: of the highest grades, then by id. */
export function shownGold(gold: Judgements): readonly (readonly [DocId, number])[] {
  return [...gold].sort(([a, x], [b, y]) => y - x || compareIds(a, b)).slice(0, SHOWN_GOLD);
}

/** Ids of the texts that a page shows for the rows of one dataset; those of scenarios by the name of their set. */
export function shownDocuments(
  rows: readonly ShownRow[],
  qrels: Qrels,
): { readonly documents: ReadonlySet<DocId>; readonly scenarios: ReadonlyMap<string, ReadonlySet<string>> } {
  const documents = new Set<DocId>();
  const scenarios = new Map<string, Set<string>>();
  for (const gold of qrels.values()) for (const [id] of shownGold(gold)) documents.add(id);
  for (const { answers, scenarios: set = "" } of rows) {
    const own = scenarios.get(set) ?? new Set();
    scenarios.set(set, own);
    for (const { base, spike } of answers.values()) {
      for (const { docId, channels } of [...base.hits, ...(spike?.hits ?? [])]) {
        documents.add(docId);
        if (channels?.scenario) own.add(channels.scenario.id);
      }
    }
  }
  return { documents, scenarios };
}
