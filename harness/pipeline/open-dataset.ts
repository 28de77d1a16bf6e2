import { basename, join } from "node:path";
import { BARE_FOLDER, cardPolicy } from "../datasets/card.ts";
import { openFetched } from "../datasets/fetch-dataset.ts";
import { findCard } from "../datasets/find-card.ts";
import { loadDataset } from "../datasets/load-dataset.ts";
import { listLocalFiles } from "../datasets/local-files.ts";
import { createFormat } from "../datasets/registry.ts";
import type { Dataset } from "../domain/dataset.ts";
import { HarnessError } from "../errors.ts";
import type { Workspace } from "./workspace.ts";

/**
 * Loads a dataset by id: from a folder given with `--data`, else from what was fetched of its card's source, else from the
 * folder beside its card. Nothing is downloaded here.
 *
 * @throws {HarnessError} `UNKNOWN_DATASET` when there is neither card nor folder; `NOT_FETCHED`, with the command that
 *   fetches; and as `loadDataset`
 */
export async function openDataset(id: string, workspace: Workspace): Promise<Dataset> {
  const { cardFolders, data, strict } = workspace;
  const given = data.get(id);
  const found = await findCard(id, cardFolders);
  if (found === undefined && given === undefined) {
    throw new HarnessError("UNKNOWN_DATASET", `expected a dataset, found no card and no folder for \`${id}\`.`, {
      where: `dataset \`${id}\``,
      hint: `Give its folder with \`--data ${id}=PATH\`, or write a card datasets/${id}.yaml.`,
    });
  }
  const card = found?.card ?? BARE_FOLDER;
  const format = createFormat(card.format);
  const fetched =
    given === undefined && card.source !== undefined
      ? await openFetched({ ...workspace, id, card, format })
      : undefined;
  return loadDataset({
    id,
    format,
    files: fetched?.files ?? (await listLocalFiles(given ?? join(found?.folder ?? ".", basename(id)))),
    policy: cardPolicy(card),
    counts: card.counts,
    notes: [...card.notes, ...(fetched?.notes ?? [])],
    strict,
  });
}
