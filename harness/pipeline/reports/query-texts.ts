import type { QueryId } from "../../domain/ids.ts";
import type { ExperimentPlan } from "../../plan/plan-types.ts";
import type { Excerpts, ShownQuery } from "../../report/page/page-source.ts";
import { excerptsFile } from "../../storage/layout.ts";
import { readExcerpts } from "./read-excerpts.ts";

/** Beginnings of the texts of a result, by id, and which documents are relevant. */
export type QueryTexts = Pick<Excerpts, "document" | "scenario"> & {
  /** How ids are written in its runs. */
  readonly ids: ExperimentPlan["ids"];
  query(dataset: string, querySet: string, id: QueryId): Pick<ShownQuery, "text" | "gold"> | undefined;
};

/**
 * The texts that a run has left beside its result; undefined where there are none of this very result.
 *
 * @param folder that of the result
 * @throws {HarnessError} `DATA_INVALID` for a file that is broken
 */
export async function readQueryTexts(folder: string, result: string): Promise<QueryTexts | undefined> {
  const stored = await readExcerpts(excerptsFile(folder), result);
  if (stored === undefined) return undefined;
  const { head, querySets, texts } = stored;
  const known = new Map(
    querySets.flatMap(({ dataset, querySet, queries }) =>
      queries.map((query) => [JSON.stringify([dataset, querySet, query.id]), query] as const),
    ),
  );
  return {
    ids: head.ids,
    query: (dataset, querySet, id) => known.get(JSON.stringify([dataset, querySet, id])),
    document: texts.document,
    scenario: texts.scenario,
  };
}
