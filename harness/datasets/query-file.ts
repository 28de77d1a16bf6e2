import type { Query } from "../domain/query.ts";
import { HarnessError } from "../errors.ts";
import { readJsonLines } from "../storage/jsonl.ts";
import { requiredId, requiredText } from "./text-field.ts";

/** Texts of queries by their ids, and where they come from. */
export type QueryTexts = { readonly where: string; readonly texts: ReadonlyMap<string, string> };

/**
 * Reads a file of query texts, JSONL {_id, text}.
 *
 * @throws {HarnessError} `DATA_INVALID`, `DUPLICATE_ID`
 */
export async function readQueryTexts(path: string): Promise<QueryTexts> {
  const texts = new Map<string, string>();
  for await (const batch of readJsonLines(path)) {
    for (const { line, value } of batch) {
      const where = `${path}:${line}`;
      const id = requiredId(value, "_id", where);
      if (texts.has(id)) throw new HarnessError("DUPLICATE_ID", `query \`${id}\` stands in the file twice.`, { where });
      texts.set(id, requiredText(value, "text", where));
    }
  }
  return { where: path, texts };
}

/**
 * A dataset's queries with other texts (an LLM's reasoning, say). Ids, order and exclusions stay the dataset's; texts for
 * other ids are passed over.
 *
 * @throws {HarnessError} `DATA_INVALID` when a query has no text among them
 */
export function replaceTexts(queries: readonly Query[], { where, texts }: QueryTexts): readonly Query[] {
  return queries.map((query) => {
    const text = texts.get(query.id);
    if (text !== undefined && text.trim() !== "") return { ...query, text };
    throw new HarnessError("DATA_INVALID", `expected a text for query \`${query.id}\`, found none.`, { where });
  });
}
