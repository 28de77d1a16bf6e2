import { readJsonLines } from "../storage/jsonl.ts";
import { describeParquet, readParquetRows } from "../storage/parquet.ts";
import { type RowChoice, readEntries, type ScenarioEntry } from "./scenario-entry.ts";

/** Columns of a parquet file that say something; others are not read. */
const COLUMNS: readonly string[] = [
  ...["doc_id", "_id", "text", "noise", "error", "dataset"],
  ...["main_topic", "key_points", "information_need", "explanation", "id", "scenario_list"],
];

/**
 * Streams a scenario file, JSON Lines (plain or gzip) or parquet, in any layout that `readEntries` knows.
 *
 * @throws {HarnessError} as `readEntries`, `readJsonLines` and `readParquetRows`
 */
export async function* readScenarioFile(path: string, choice: RowChoice = {}): AsyncGenerator<ScenarioEntry> {
  for await (const { where, fields } of rowsOf(path)) yield* readEntries(fields, where, choice);
}

type Row = { readonly where: string; readonly fields: Readonly<Record<string, unknown>> };

async function* rowsOf(path: string): AsyncGenerator<Row> {
  if (!path.endsWith(".parquet")) {
    for await (const batch of readJsonLines(path)) {
      for (const { line, value } of batch) yield { where: `${path}:${line}`, fields: value };
    }
    return;
  }
  const { columns } = await describeParquet(path);
  const wanted = columns.filter((name) => COLUMNS.includes(name));
  for await (const batch of readParquetRows(path, wanted)) {
    for (const { row, value } of batch) yield { where: `${path}, row ${row}`, fields: present(value) };
  }
}

/** A cell without a value is as good as no column. */
function present(fields: Row["fields"]): Row["fields"] {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
}
