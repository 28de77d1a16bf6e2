import { join } from "node:path";
import { type DocId, docId, type QueryId } from "../domain/ids.ts";
import type { Judgements } from "../domain/qrels.ts";
import type { ExperimentPlan } from "../plan/plan-types.ts";
import { readExcerptLines, readExcerptsHead } from "./excerpt-lines.ts";

/** Beginnings of the texts of a result, by id, and which documents are relevant. */
export type QueryTexts = {
  /** How ids are written in its runs. */
  readonly ids: ExperimentPlan["ids"];
  query(
    dataset: string,
    querySet: string,
    id: QueryId,
  ): { readonly text: string; readonly gold: Judgements } | undefined;
  document(dataset: string, id: DocId): string | undefined;
  /** @param set name of the scenario set */
  scenario(place: { readonly dataset: string; readonly set: string }, id: string): string | undefined;
};

/**
 * The texts that a run has left beside its result; undefined where there are none of this very result.
 *
 * @param folder that of the result
 * @throws {HarnessError} `DATA_INVALID` for a file that is broken
 */
export async function readQueryTexts(folder: string, result: string): Promise<QueryTexts | undefined> {
  const path = join(folder, "excerpts.jsonl.gz");
  const head = await readExcerptsHead(path);
  if (head?.result !== result) return undefined;
  const texts = new Map<string, string>();
  const queries = new Map<string, { readonly text: string; readonly gold: Judgements }>();
  for await (const line of readExcerptLines(path)) {
    if (line.kind === "document") texts.set(keyOf(line.dataset, line.id), line.text);
    if (line.kind === "scenario") texts.set(keyOf(line.dataset, line.set, line.id), line.text);
    if (line.kind === "query") {
      const gold = new Map(line.gold.map(([id, grade]) => [docId(id), grade]));
      queries.set(keyOf(line.dataset, line.querySet, line.id), { text: line.text, gold });
    }
  }
  return {
    ids: head.ids,
    query: (dataset, querySet, id) => queries.get(keyOf(dataset, querySet, id)),
    document: (dataset, id) => texts.get(keyOf(dataset, id)),
    scenario: ({ dataset, set }, id) => texts.get(keyOf(dataset, set, id)),
  };
}

function keyOf(...parts: readonly string[]): string {
  return JSON.stringify(parts);
}
