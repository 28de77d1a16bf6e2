import type { Dataset } from "../domain/dataset.ts";
import type { ScenarioEntry } from "./scenario-entry.ts";

export type OrderedEntries = {
  /** By document row; a document without any is absent. */
  readonly entries: ReadonlyMap<number, readonly ScenarioEntry[]>;
  /** Entries that named a document outside the corpus. */
  readonly foreign: number;
};

/** Brings entries to their documents; those of one document keep their order. Holds them all. */
export async function orderEntries(
  { docIds }: Pick<Dataset, "docIds">,
  entries: AsyncIterable<ScenarioEntry>,
): Promise<OrderedEntries> {
  const rows = new Map<string, number>(docIds.map((id, row) => [id, row]));
  const ordered = new Map<number, ScenarioEntry[]>();
  let foreign = 0;
  for await (const entry of entries) {
    const row = rows.get(entry.docId);
    if (row === undefined) {
      foreign += 1;
      continue;
    }
    const own = ordered.get(row);
    if (own === undefined) ordered.set(row, [entry]);
    else own.push(entry);
  }
  return { entries: ordered, foreign };
}
