import { docId, type QueryId, queryId } from "../domain/ids.ts";
import type { Qrels } from "../domain/qrels.ts";
import type { Query } from "../domain/query.ts";
import { HarnessError } from "../errors.ts";

/** A query as a file has it; its judgements may be missing. */
export type FoundQuery = {
  readonly id: string;
  readonly text: string;
  readonly excluded: readonly string[];
  readonly where: string;
};

export type QueryList = {
  add(query: FoundQuery): void;
  readonly queries: readonly Query[];
  /** What was left out or collapsed, as sentences. */
  notes(): readonly string[];
};

/**
 * Collects the judged queries in the order of their file; the others are counted. A document excluded twice for a query
 * counts once.
 *
 * @throws {HarnessError} from `add`: `DUPLICATE_ID`, and `DATA_INVALID` for a judged query with an empty text
 */
export function createQueryList(qrels: Qrels): QueryList {
  const queries: Query[] = [];
  const seen = new Set<QueryId>();
  let unjudged = 0;
  let repeated = 0;
  return {
    queries,
    add({ id: found, text, excluded, where }) {
      const id = queryId(found);
      if (seen.has(id)) throw new HarnessError("DUPLICATE_ID", `query \`${id}\` stands in the file twice.`, { where });
      seen.add(id);
      if (!qrels.has(id)) {
        unjudged += 1;
        return;
      }
      if (text.trim() === "") {
        throw new HarnessError("DATA_INVALID", `query \`${id}\`: expected a text, got an empty one.`, {
          where,
          hint: "Give it a text, or remove its judgements.",
        });
      }
      const different = new Set(excluded.map(docId));
      repeated += excluded.length - different.size;
      queries.push({ id, text, excluded: [...different] });
    },
    notes: () => [
      ...(unjudged === 0 ? [] : [`${unjudged} queries without judgements were left out.`]),
      ...(repeated === 0 ? [] : [`${repeated} repeated exclusions were collapsed.`]),
    ],
  };
}
