import type { Dataset } from "../domain/dataset.ts";
import { HarnessError } from "../errors.ts";
import { orderEntries } from "../scenarios/order-entries.ts";
import { isNoiseTopic, scenarioAnswer } from "../scenarios/scenario-entry.ts";
import { readScenarioFile } from "../scenarios/scenario-file.ts";
import { TRAINING_COLUMNS } from "../scenarios/scenario-rows.ts";
import { type TrainingRow, trainingRows } from "../scenarios/training-rows.ts";
import { readJsonLines } from "../storage/jsonl.ts";
import { describeParquet, readParquetRows } from "../storage/parquet.ts";

/** What a source holds of one document: a row, or why there is none to learn from. */
export type TeacherRow =
  | { readonly row: TrainingRow; readonly needs: readonly string[]; readonly noise: boolean }
  | { readonly dropped: "not valid" | "no scenarios" | "no text" };

type Fields = Readonly<Record<string, unknown>>;
type Place = { readonly where: string; readonly fields: Fields };

/**
 * Rows of SPIKE's training data, JSON Lines or parquet: every document with its own text. Its scenarios stay the text that
 * they are.
 *
 * @throws {HarnessError} `DATA_INVALID` for a file of another layout; as the files' readers
 */
export async function* readTeacherRows(path: string, rowsOf: string | undefined): AsyncGenerator<TeacherRow> {
  for await (const { where, fields } of placesOf(path)) {
    if (rowsOf === undefined || fields["dataset"] === rowsOf) yield teacherRow(readRow(fields, where));
  }
}

/** The documents of a dataset with what a file has for them. @throws as `readScenarioFile` */
export async function* joinTeacherRows(
  dataset: Dataset,
  path: string,
  rowsOf: string | undefined,
): AsyncGenerator<TeacherRow> {
  const { entries } = await orderEntries(dataset, readScenarioFile(path, { rowsOf }));
  const written = new Map([...entries].filter(([, own]) => own.some(({ state }) => state === "parts")));
  for (let count = entries.size - written.size; count > 0; count--) yield { dropped: "no scenarios" };
  for await (const row of trainingRows(dataset, written)) yield teacherRow(row);
}

function teacherRow(row: TrainingRow): TeacherRow {
  if (row.is_valid !== null && row.is_valid !== "Valid") return { dropped: "not valid" };
  if (row.content.trim() === "") return { dropped: "no text" };
  const answer = scenarioAnswer.safeParse(parseJson(row.scenario_list));
  if (!answer.success) return { dropped: "no scenarios" };
  const { document_analysis: analysis, explanation } = answer.data;
  return {
    row,
    needs: explanation.map(({ information_need: need }) => need),
    noise: isNoiseTopic(analysis.main_topic),
  };
}

async function* placesOf(path: string): AsyncGenerator<Place> {
  if (!path.endsWith(".parquet")) {
    for await (const batch of readJsonLines(path)) {
      for (const { line, value } of batch) yield { where: `${path}:${line}`, fields: value };
    }
    return;
  }
  const { columns } = await describeParquet(path);
  const wanted = columns.filter((name) => TRAINING_COLUMNS.some((column) => column.name === name));
  for await (const batch of readParquetRows(path, wanted)) {
    for (const { row, value } of batch) yield { where: `${path}, row ${row}`, fields: value };
  }
}

function readRow(fields: Fields, where: string): TrainingRow {
  const text = (name: string) => {
    const value = fields[name];
    if (value === undefined || value === null) return null;
    if (typeof value === "string") return value;
    if (Number.isSafeInteger(value)) return String(value);
    throw new HarnessError("DATA_INVALID", `\`${name}\`: expected a text, got ${JSON.stringify(value)}.`, { where });
  };
  const required = (name: string) => {
    const value = text(name);
    if (value !== null) return value;
    throw new HarnessError("DATA_INVALID", `expected a training row with \`${name}\`, found none.`, {
      where,
      hint: "Name the `dataset` whose documents the scenarios are of, if they are not in the file.",
    });
  };
  const gold = fields["is_gold"];
  const id = text("id") ?? required("doc_id");
  return {
    doc_id: text("doc_id") ?? id,
    scenario_list: required("scenario_list"),
    id,
    content: required("content"),
    is_gold: typeof gold === "boolean" ? gold : null,
    benchmark: text("benchmark"),
    dataset: text("dataset"),
    is_valid: text("is_valid"),
    type: text("type"),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
