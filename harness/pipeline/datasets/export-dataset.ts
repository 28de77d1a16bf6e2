import { access } from "node:fs/promises";
import { join } from "node:path";
import type { Dataset } from "../../domain/dataset.ts";
import { HarnessError } from "../../errors.ts";
import { writeFileAtomic, writeText } from "../../storage/atomic-write.ts";
import { formatBeirQrels } from "../../storage/trec-qrels.ts";

export type ExportedDataset = { readonly folder: string; readonly documents: number; readonly queries: number };

/**
 * Writes a dataset as a BEIR folder: `corpus.jsonl`, `queries.jsonl` (the judged ones, with `excluded_ids` where a query
 * has some) and `qrels/test.tsv`. Titles are those of the policy: a dataset that is read without titles has none here.
 *
 * @throws {HarnessError} `USAGE` when one of the files is there already: it could be what is being read; `NOT_WRITABLE`,
 *   `DISK_FULL`; each file is whole or not there
 */
export async function exportDataset(dataset: Dataset, folder: string): Promise<ExportedDataset> {
  const { corpus, docIds, queries, qrels } = dataset;
  await refuseExisting(folder);
  await writeText(join(folder, "corpus.jsonl"), async (writer) => {
    let row = 0;
    for await (const { title, text } of corpus.views()) await writer.write(line({ _id: docIds[row++], title, text }));
  });
  await writeText(join(folder, "queries.jsonl"), async (writer) => {
    for (const { id, text, excluded } of queries) {
      await writer.write(line({ _id: id, text, ...(excluded.length === 0 ? {} : { excluded_ids: excluded }) }));
    }
  });
  await writeFileAtomic(join(folder, "qrels", "test.tsv"), formatBeirQrels(qrels));
  return { folder, documents: docIds.length, queries: queries.length };
}

function line(value: object): string {
  return `${JSON.stringify(value)}\n`;
}

async function refuseExisting(folder: string): Promise<void> {
  for (const name of ["corpus.jsonl", "queries.jsonl", "qrels/test.tsv"]) {
    const exists = await access(join(folder, name)).then(
      () => true,
      () => false,
    );
    if (!exists) continue;
    throw new HarnessError("USAGE", `there is a \`${name}\` already.`, {
      where: folder,
      hint: "Choose an empty folder with `--to`.",
    });
  }
}
