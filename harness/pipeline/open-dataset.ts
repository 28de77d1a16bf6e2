import { basename, join } from "node:path";
import { BARE_FOLDER, cardPolicy } from "../datasets/card.ts";
import { expandGold } from "../datasets/expand-gold.ts";
import { findCard } from "../datasets/find-card.ts";
import { loadDataset } from "../datasets/load-dataset.ts";
import { listLocalFiles } from "../datasets/local-files.ts";
import { createFormat } from "../datasets/registry.ts";
import { type SampleSize, sampleDataset } from "../datasets/sample-dataset.ts";
import type { Dataset } from "../domain/dataset.ts";
import type { Policy } from "../domain/policy.ts";
import { HarnessError } from "../errors.ts";
import { readQrels } from "../storage/trec-qrels.ts";
import type { Workspace } from "./workspace.ts";

export type OpenOptions = {
  /** Rules that replace those of the card. */
  readonly policy?: Partial<Policy> | undefined;
  /** Judgements that replace the dataset's own. */
  readonly qrelsFile?: string | undefined;
  readonly limit?: SampleSize | undefined;
};

/**
 * Loads a dataset by id: from its card, from a folder given with `--data`, or from both (the card's facts, the folder's
 * files).
 *
 * @throws {HarnessError} `UNKNOWN_DATASET` when there is neither; and as `loadDataset`
 */
export async function openDataset(
  id: string,
  { cardFolders, data, strict }: Pick<Workspace, "cardFolders" | "data" | "strict">,
  { policy: overrides, qrelsFile, limit }: OpenOptions = {},
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
  const policy = { ...cardPolicy(card), ...overrides };
  const loaded = await loadDataset({
    id,
    format: createFormat(card.format),
    files: await listLocalFiles(given ?? join(found?.folder ?? ".", basename(id))),
    policy,
    qrels: qrelsFile === undefined ? undefined : (await readQrels(qrelsFile)).qrels,
    counts: card.counts,
    notes: card.notes,
    strict,
  });
  const judged = policy.duplicates === "expand-gold" ? await expandGold(loaded) : loaded;
  return limit === undefined ? judged : await sampleDataset(judged, limit);
}
