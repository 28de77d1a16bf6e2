import { basename, join } from "node:path";
import { BARE_FOLDER, cardPolicy } from "../datasets/card.ts";
import { findCard } from "../datasets/find-card.ts";
import { loadDataset } from "../datasets/load-dataset.ts";
import { listLocalFiles } from "../datasets/local-files.ts";
import { createFormat } from "../datasets/registry.ts";
import type { Dataset } from "../domain/dataset.ts";
import { HarnessError } from "../errors.ts";
import type { Workspace } from "./workspace.ts";

/**
 * Loads a dataset by id: from its card, from a folder given with `--data`, or from both (the card's facts, the folder's
 * files).
 *
 * @throws {HarnessError} `UNKNOWN_DATASET` when there is neither; and as `loadDataset`
 */
export async function openDataset(
  id: string,
  { cardFolders, data, strict }: Pick<Workspace, "cardFolders" | "data" | "strict">,
): Promise<Dataset> {
  const found = await findCard(id, cardFolders);
  const given = data.get(id);
  if (found === undefined && given === undefined) {
    throw new HarnessError("UNKNOWN_DATASET", `expected a dataset, found no card and no folder for \`${id}\`.`, {
      where: `dataset \`${id}\``,
      hint: `Give its folder with \`--data ${id}=PATH\`, or write a card datasets/${id}.yaml.`,
    });
  }
  const card = found?.card ?? BARE_FOLDER;
  return loadDataset({
    id,
    format: createFormat(card.format),
    files: await listLocalFiles(given ?? join(found?.folder ?? ".", basename(id))),
    policy: cardPolicy(card),
    counts: card.counts,
    notes: card.notes,
    strict,
  });
}
