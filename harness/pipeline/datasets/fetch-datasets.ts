import { formatWithQuerySets } from "../../datasets/card-formats.ts";
import { expandGroups } from "../../datasets/expand-groups.ts";
import type { Fetched } from "../../datasets/fetch-access.ts";
import { fetchDataset } from "../../datasets/fetch-dataset.ts";
import { findCard, requireCardOrGroup } from "../../datasets/find-card.ts";
import type { Workspace } from "../workspace.ts";

export type FetchReport = Omit<Fetched, "files"> & {
  readonly id: string;
  readonly files: number;
  /** False for a dataset whose files lie beside its card. */
  readonly remote: boolean;
};

/**
 * Fetches datasets and the members of groups, one after the other; what is there already is checked.
 *
 * @throws {HarnessError} `UNKNOWN_DATASET`, before anything is downloaded; and as `fetchDataset`
 */
export async function* fetchDatasets(ids: readonly string[], workspace: Workspace): AsyncGenerator<FetchReport> {
  const { cardFolders, signal } = workspace;
  const expanded = await expandGroups(ids, cardFolders);
  for (const id of expanded.ids) await requireCardOrGroup(id, cardFolders);
  for (const id of expanded.ids) {
    signal?.throwIfAborted();
    const card = (await findCard(id, cardFolders))?.card;
    if (card?.source === undefined) {
      yield { id, files: 0, remote: false, revisions: [], downloaded: 0, verified: 0, bytes: 0, notes: [] };
      continue;
    }
    const { files, ...rest } = await fetchDataset({ ...workspace, id, card, format: formatWithQuerySets(card) });
    yield { id, files: files.paths.length, remote: true, ...rest };
  }
}
