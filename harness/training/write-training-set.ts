import { rm } from "node:fs/promises";
import { join } from "node:path";
import { writeFileAtomic, writeText } from "../storage/atomic-write.ts";
import { hashFile } from "../storage/content-hash.ts";
import { type ParquetColumn, writeParquet } from "../storage/parquet-writer.ts";
import { renderCard } from "./card-markdown.ts";
import type { DataCard } from "./data-card.ts";
import { handOver } from "./hand-over.ts";
import type { Split } from "./seeded-splits.ts";

const CARD = "card.json";

type Row = Readonly<Record<string, unknown>>;

/** One way to write down the examples: a folder with a file for every split that has any. */
export type TrainingFormat<Example> = {
  readonly folder: string;
  /** Of a parquet file; JSON Lines without. */
  readonly columns?: readonly ParquetColumn[] | undefined;
  row(example: Example): Row;
};

export type TrainingSet<Example> = {
  readonly folder: string;
  /** In the order in which they are written. */
  readonly examples: Readonly<Record<Split, readonly Example[]>>;
  readonly formats: readonly TrainingFormat<Example>[];
  readonly card: Omit<DataCard, "files" | "splits">;
};

/**
 * Writes the splits in every format, configurations for trainers, and the card last, as JSON and Markdown. Equal examples give
 * equal bytes.
 *
 * @throws {HarnessError} `NOT_WRITABLE`, `DISK_FULL`; each file is whole or not there
 */
export async function writeTrainingSet<Example>(set: TrainingSet<Example>): Promise<DataCard> {
  const { folder, examples, formats } = set;
  const splits = { train: examples.train.length, validation: examples.validation.length };
  const files: DataCard["files"] = [];
  // a folder without a card is one that was not finished
  await rm(join(folder, CARD), { force: true });
  for (const format of formats) {
    for (const split of ["train", "validation"] as const) {
      const file = `${format.folder}/${split}.${format.columns === undefined ? "jsonl" : "parquet"}`;
      if (examples[split].length === 0) {
        await rm(join(folder, file), { force: true });
        continue;
      }
      await writeRows(join(folder, file), format, examples[split]);
      files.push({ file, rows: examples[split].length, sha256: await hashFile(join(folder, file)) });
    }
  }
  const { kind, name } = set.card;
  for (const { file, text } of await handOver({ kind, name, hasValidation: splits.validation > 0 })) {
    await writeFileAtomic(join(folder, file), text);
    files.push({ file, rows: null, sha256: await hashFile(join(folder, file)) });
  }
  const card: DataCard = { ...set.card, splits, files };
  await writeFileAtomic(join(folder, "card.md"), renderCard(card));
  await writeFileAtomic(join(folder, CARD), `${JSON.stringify(card, undefined, 2)}\n`);
  return card;
}

async function writeRows<Example>(
  path: string,
  { columns, row }: TrainingFormat<Example>,
  examples: readonly Example[],
): Promise<void> {
  if (columns !== undefined) {
    await writeParquet(path, columns, rowsOf(examples, row));
    return;
  }
  await writeText(path, async (writer) => {
    for (const example of examples) await writer.write(`${JSON.stringify(row(example))}\n`);
  });
}

// biome-ignore lint/suspicious/useAwait: an async generator is what `writeParquet` takes
async function* rowsOf<Example>(examples: readonly Example[], row: (example: Example) => Row): AsyncGenerator<Row> {
  for (const example of examples) yield row(example);
}
