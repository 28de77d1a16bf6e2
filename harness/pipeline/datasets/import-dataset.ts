import { access } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import type { Fragment } from "../../component.ts";
import { BARE_FOLDER, cardPolicy } from "../../datasets/card.ts";
import { isDatasetId } from "../../datasets/find-card.ts";
import { loadDataset } from "../../datasets/load-dataset.ts";
import { listLocalFiles } from "../../datasets/local-files.ts";
import { createFormat } from "../../datasets/registry.ts";
import { HarnessError } from "../../errors.ts";
import { writeFileAtomic } from "../../storage/atomic-write.ts";
import { formatYaml } from "../../storage/yaml-source.ts";

export type ImportRequest = {
  readonly id: string;
  /** Folder of the files. */
  readonly folder: string;
  /** How they are laid out. */
  readonly format: Fragment;
  /** Folder that the card goes into. */
  readonly cards: string;
};

export type ImportedDataset = {
  readonly card: string;
  readonly counts: { readonly documents: number; readonly queries: number; readonly judgements: number };
  readonly notes: readonly string[];
};

/**
 * Reads a folder of data once and writes a card for it: layout, folder and the counts found, which every later load is
 * held against. The data stays where it is.
 *
 * @throws {HarnessError} `USAGE` when there is a card of that id already; and as `loadDataset`
 */
export async function importDataset({ id, folder, format, cards }: ImportRequest): Promise<ImportedDataset> {
  if (!isDatasetId(id)) {
    throw new HarnessError("USAGE", `expected an id like \`my/set\`, got \`${id}\`.`, { where: "--id" });
  }
  const card = join(cards, `${id}.yaml`);
  const exists = await access(card).then(
    () => true,
    () => false,
  );
  if (exists) {
    throw new HarnessError("USAGE", "there is a card of that id already.", {
      where: card,
      hint: "Choose another `--id`, or remove the card.",
    });
  }
  const files = await listLocalFiles(folder);
  const policy = cardPolicy(BARE_FOLDER);
  const dataset = await loadDataset({ id, format: createFormat(format), files, policy, strict: false });
  const counts = {
    documents: dataset.docIds.length,
    queries: dataset.qrels.size,
    judgements: [...dataset.qrels.values()].reduce((sum, { size }) => sum + size, 0),
  };
  const summary = `Imported from a folder in the layout \`${format.kind}\`.`;
  const place = relative(resolve(dirname(card)), resolve(folder)) || ".";
  await writeFileAtomic(card, formatYaml({ summary, folder: place, format, counts }));
  return { card, counts, notes: dataset.notes };
}
