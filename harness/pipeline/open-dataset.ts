import { basename, resolve } from "node:path";
import { didYouMean } from "../component.ts";
import { BARE_FOLDER, type Card, cardPolicy } from "../datasets/card.ts";
import { expandGold } from "../datasets/expand-gold.ts";
import { openFetched } from "../datasets/fetch-dataset.ts";
import { findCard } from "../datasets/find-card.ts";
import { loadDataset } from "../datasets/load-dataset.ts";
import { listLocalFiles } from "../datasets/local-files.ts";
import type { QueryTexts } from "../datasets/query-file.ts";
import { createFormat } from "../datasets/registry.ts";
import { type SampleSize, sampleDataset } from "../datasets/sample-dataset.ts";
import type { DatasetFormat, LocalFiles } from "../datasets/types.ts";
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
 * Loads a dataset by id: from a folder given with `--data`, else from what was fetched of its card's source, else from the
 * folder beside its card. Nothing is downloaded here.
 *
 * @throws {HarnessError} `UNKNOWN_DATASET` when there is neither card nor folder; `NOT_FETCHED`, with the command that
 *   fetches; and as `loadDataset`
 */
export async function openDataset(
  id: string,
  workspace: Workspace,
  { policy: overrides, qrelsFile, limit }: OpenOptions = {},
): Promise<Dataset> {
  const { card, format, files, notes } = await openFiles(id, workspace);
  const policy = { ...cardPolicy(card), ...overrides };
  const loaded = await loadDataset({
    id,
    format,
    files,
    policy,
    qrels: qrelsFile === undefined ? undefined : (await readQrels(qrelsFile)).qrels,
    counts: card.counts,
    notes: [...card.notes, ...notes],
    strict: workspace.strict,
  });
  const judged = policy.duplicates === "expand-gold" ? await expandGold(loaded) : loaded;
  return limit === undefined ? judged : await sampleDataset(judged, limit);
}

/**
 * The texts of a query set that a dataset's card declares, such as BRIGHT's queries with an LLM's reasoning.
 *
 * @throws {HarnessError} `SPEC_INVALID` when the card has no such set; and as the format's reader
 */
export async function readCardQueries(id: string, name: string, workspace: Workspace): Promise<QueryTexts> {
  const { card, files } = await openFiles(id, workspace);
  const known = Object.keys(card.querySets);
  const options = Object.hasOwn(card.querySets, name) ? card.querySets[name] : undefined;
  if (options === undefined) {
    throw new HarnessError(
      "SPEC_INVALID",
      `expected a query set of \`${id}\` (${known.join(", ") || "none"}), got \`${name}\`.`,
      {
        where: "matrix.queries",
        hint: didYouMean(name, known) || "Declare it in `queries` with a path, or in the dataset's card.",
      },
    );
  }
  const raw = await createFormat({ ...card.format, ...options }).read(files);
  return {
    where: `${files.where}, query set \`${name}\``,
    texts: new Map(raw.queries.map(({ id, text }) => [id, text])),
  };
}

type OpenedFiles = {
  readonly card: Card;
  readonly format: DatasetFormat;
  readonly files: LocalFiles;
  readonly notes: readonly string[];
};

/**
 * The files of a dataset and the format that reads them. A folder that is given for a dataset of the hub is in BEIR's
 * layout, for the hub's own layouts are made of repositories; otherwise the card's format says.
 */
export async function openFiles(id: string, workspace: Workspace): Promise<OpenedFiles> {
  const found = await findCard(id, workspace.cardFolders);
  const given = workspace.data.get(id);
  if (found === undefined && given === undefined) {
    throw new HarnessError("UNKNOWN_DATASET", `expected a dataset, found no card and no folder for \`${id}\`.`, {
      where: `dataset \`${id}\``,
      hint: `Give its folder with \`--data ${id}=PATH\`, or write a card datasets/${id}.yaml.`,
    });
  }
  const card = found?.card ?? BARE_FOLDER;
  if (given === undefined && card.source !== undefined) {
    const format = createFormat(card.format);
    const { files, notes } = await openFetched({ ...workspace, id, card, format });
    return { card, format, files, notes };
  }
  const isHub = card.source !== undefined && "hub" in card.source;
  const format = createFormat(given !== undefined && isHub ? BARE_FOLDER.format : card.format);
  const beside = resolve(found?.folder ?? ".", card.folder ?? basename(id));
  const files = await listLocalFiles(given ?? beside);
  return { card, format, files, notes: [] };
}
