import { access } from "node:fs/promises";
import type { Dataset } from "../../domain/dataset.ts";
import { HarnessError } from "../../errors.ts";
import { orderEntries } from "../../scenarios/order-entries.ts";
import type { ScenarioEntry } from "../../scenarios/scenario-entry.ts";
import { readScenarioFile } from "../../scenarios/scenario-file.ts";
import { fieldsOf, GENERATOR_COLUMNS, TRAINING_COLUMNS } from "../../scenarios/scenario-rows.ts";
import { partsOf, trainingRows } from "../../scenarios/training-rows.ts";
import { writeText } from "../../storage/atomic-write.ts";
import { writeParquet } from "../../storage/parquet-writer.ts";
import { openDataset } from "../datasets/open-dataset.ts";
import type { Workspace } from "../workspace.ts";

export type ScenarioExport = {
  /** A scenario set, or any file of scenarios. */
  readonly path: string;
  readonly dataset: string;
  /** Of SPIKE: a row for every scenario, or the training data's row for every document. */
  readonly layout: "generator" | "training";
  /** `.parquet`, or anything else for JSON Lines. */
  readonly to: string;
};

export type ExportedScenarios = {
  readonly rows: number;
  /** Entries that these layouts have no place for: failures, and scenarios that are texts without parts. */
  readonly leftOut: number;
};

type Row = Readonly<Record<string, unknown>>;

/**
 * Writes scenarios in one of SPIKE's own layouts, in document order.
 *
 * @throws {HarnessError} `USAGE` when the file is there already; as `readScenarioFile`; `NOT_WRITABLE`, `DISK_FULL`
 */
export async function exportScenarios(request: ScenarioExport, workspace: Workspace): Promise<ExportedScenarios> {
  const { path, dataset: id, layout, to } = request;
  const exists = await access(to).then(
    () => true,
    () => false,
  );
  if (exists)
    throw new HarnessError("USAGE", "there is such a file already.", { where: to, hint: "Choose another `--to`." });
  const dataset = await openDataset(id, workspace);
  const { entries } = await orderEntries(dataset, readScenarioFile(path));
  const all = [...entries.values()].flat();
  const leftOut = all.filter(({ state }) => state !== "parts").length;
  let rows = 0;
  async function* counted(source: AsyncIterable<Row> | Iterable<Row>): AsyncGenerator<Row> {
    for await (const row of source) {
      rows += 1;
      yield row;
    }
  }
  const source = layout === "generator" ? generatorRows(dataset, entries) : trainingRows(dataset, entries);
  if (to.endsWith(".parquet")) {
    await writeParquet(to, layout === "generator" ? GENERATOR_COLUMNS : TRAINING_COLUMNS, counted(source));
  } else {
    await writeText(to, async (writer) => {
      for await (const row of counted(source)) await writer.write(`${JSON.stringify(row)}\n`);
    });
  }
  return { rows, leftOut };
}

type Entries = ReadonlyMap<number, readonly ScenarioEntry[]>;

function* generatorRows({ docIds }: Dataset, entries: Entries): Generator<Row> {
  for (const [row, docId] of docIds.entries()) {
    for (const parts of partsOf(entries.get(row))) yield { ...fieldsOf(parts), doc_id: docId };
  }
}
