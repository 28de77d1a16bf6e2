import { queryId } from "../domain/ids.ts";
import type { Query } from "../domain/query.ts";
import { HarnessError } from "../errors.ts";
import { readJsonLines } from "../storage/jsonl.ts";
import { requiredId, requiredText } from "./text-field.ts";

/**
 * Other texts for a dataset's queries (an LLM's reasoning, say), JSONL {_id, text}. Ids, order and exclusions stay the
 * dataset's; lines for other ids are passed over.
 *
 * @throws {HarnessError} `DATA_INVALID` when a query of the dataset has no text in the file, `DUPLICATE_ID`
 */
export async function readQueryTexts(path: string, queries: readonly Query[]): Promise<readonly Query[]> {
  const texts = new Map<string, string>();
  for await (const batch of readJsonLines(path)) {
    for (const { line, value } of batch) {
      const where = `${path}:${line}`;
      const id = queryId(requiredId(value, "_id", where));
      if (texts.has(id)) throw new HarnessError("DUPLICATE_ID", `query \`${id}\` stands in the file twice.`, { where });
      texts.set(id, requiredText(value, "text", where));
    }
  }
  return queries.map((query) => {
    const text = texts.get(query.id);
    if (text !== undefined && text.trim() !== "") return { ...query, text };
    throw new HarnessError("DATA_INVALID", `expected a text for query \`${query.id}\`, found none.`, { where: path });
  });
}
