import type { Dataset } from "../domain/dataset.ts";
import { composeView } from "../domain/view.ts";
import type { OrderedEntries } from "./order-entries.ts";
import type { ScenarioEntry, ScenarioParts } from "./scenario-entry.ts";
import { scenarioList } from "./scenario-rows.ts";

/** A row of SPIKE's training data, by the names of its columns. */
export type TrainingRow = {
  readonly doc_id: string;
  readonly scenario_list: string;
  readonly id: string;
  readonly content: string;
  readonly is_gold: boolean | null;
  readonly benchmark: string | null;
  readonly dataset: string | null;
  readonly is_valid: string | null;
  readonly type: string | null;
};

/**
 * The documents that have scenarios in their parts, in document order. `id` is the document's; `doc_id` was a number of
 * SPIKE's own, so it repeats the id. Gold is a document that is relevant to a query of the dataset.
 */
export async function* trainingRows(
  dataset: Pick<Dataset, "id" | "docIds" | "corpus" | "qrels">,
  entries: OrderedEntries["entries"],
): AsyncGenerator<TrainingRow> {
  const gold = new Set<string>();
  for (const judged of dataset.qrels.values()) for (const [docId, grade] of judged) if (grade >= 1) gold.add(docId);
  const names = dataset.id.split("/");
  let row = 0;
  for await (const view of dataset.corpus.views()) {
    const id = dataset.docIds[row] ?? view.id;
    const parts = partsOf(entries.get(row++));
    if (parts.length === 0) continue;
    yield {
      doc_id: id,
      scenario_list: scenarioList(parts),
      id,
      content: composeView(view),
      is_gold: gold.has(id),
      benchmark: names.length > 1 ? (names[0] ?? null) : null,
      dataset: names.at(-1) ?? null,
      is_valid: "Valid",
      type: "document",
    };
  }
}

/** The scenarios that are in their parts: neither failures nor texts. */
export function partsOf(entries: readonly ScenarioEntry[] = []): readonly ScenarioParts[] {
  return entries.flatMap((entry) => (entry.state === "parts" ? [entry.parts] : []));
}
