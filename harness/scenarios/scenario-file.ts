import { readPlacedJson } from "../storage/jsonl.ts";
import { describeParquet, readParquetRows } from "../storage/parquet.ts";
import { type EntryBatch, type EntryPlace, type EntrySource, entriesOf } from "./entry-source.ts";
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
export function readScenarioFile(path: string, choice: RowChoice = {}): AsyncGenerator<ScenarioEntry> {
  return entriesOf(scenarioFile(path, choice));
}

/** The same as often as it is wanted, from any place: of a parquet its row groups, of plain lines any of them. */
export function scenarioFile(path: string, choice: RowChoice = {}): EntrySource {
  const batches = path.endsWith(".parquet") ? parquetBatches : jsonBatches;
  return {
    async *read(from) {
      for await (const { place, rows } of batches(path, from)) {
        yield { place, entries: rows.flatMap(({ where, fields }) => readEntries(fields, where, choice)) };
      }
    },
  };
}

type Row = { readonly where: string; readonly fields: Readonly<Record<string, unknown>> };
type RowBatch = Pick<EntryBatch, "place"> & { readonly rows: readonly Row[] };

async function* jsonBatches(path: string, from?: EntryPlace): AsyncGenerator<RowBatch> {
  for await (const { place, objects } of readPlacedJson(path, from)) {
    yield { place, rows: objects.map(({ line, value }) => ({ where: `${path}:${line}`, fields: value })) };
  }
}

async function* parquetBatches(path: string, from?: EntryPlace): AsyncGenerator<RowBatch> {
  const { columns } = await describeParquet(path);
  const wanted = columns.filter((name) => COLUMNS.includes(name));
  for await (const batch of readParquetRows(path, wanted, { from: from?.line })) {
    const [first] = batch;
    if (first === undefined) continue;
    const rows = batch.map(({ row, value }) => ({ where: `${path}, row ${row}`, fields: present(value) }));
    yield { place: { line: first.row, byte: 0 }, rows };
  }
}

/** A cell without a value is as good as no column. */
function present(fields: Row["fields"]): Row["fields"] {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
}
