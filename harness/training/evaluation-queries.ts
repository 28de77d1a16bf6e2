import { HarnessError } from "../errors.ts";
import { readJsonLines } from "../storage/jsonl.ts";

/**
 * Queries of a file that is not a dataset's: JSON Lines {_id, text}, or {id, query} as BRIGHT's examples are.
 *
 * @throws {HarnessError} `DATA_INVALID`; as `readJsonLines`
 */
export async function readEvaluationQueries(
  path: string,
): Promise<readonly { readonly id: string; readonly text: string }[]> {
  const queries: { id: string; text: string }[] = [];
  for await (const batch of readJsonLines(path)) {
    for (const { line, value } of batch) {
      const id = value["_id"] ?? value["id"];
      const text = value["text"] ?? value["query"];
      if ((typeof id !== "string" && !Number.isSafeInteger(id)) || typeof text !== "string") {
        throw new HarnessError("DATA_INVALID", "expected a query as {_id, text} or {id, query}.", {
          where: `${path}:${line}`,
        });
      }
      queries.push({ id: String(id), text });
    }
  }
  return queries;
}
