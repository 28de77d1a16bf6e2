import { basename, resolve } from "node:path";
import { BARE_FOLDER, type Card, cardPolicy } from "../../datasets/card.ts";
import { querySetFormat } from "../../datasets/card-formats.ts";
import { expandGold } from "../../datasets/expand-gold.ts";
import { openFetched } from "../../datasets/fetch-dataset.ts";
import { findCard } from "../../datasets/find-card.ts";
import { loadDataset } from "../../datasets/load-dataset.ts";
import { listLocalFiles } from "../../datasets/local-files.ts";
import type { QueryTexts } from "../../datasets/query-file.ts";
import { createFormat } from "../../datasets/registry.ts";
import { type SampleSize, sampleDataset } from "../../datasets/sample-dataset.ts";
import type { DatasetFormat, LocalFiles } from "../../datasets/types.ts";
import type { Dataset } from "../../domain/dataset.ts";
import type { Policy } from "../../domain/policy.ts";
import type { Qrels } from "../../domain/qrels.ts";
import { HarnessError } from "../../errors.ts";
import { readQrels } from "../../storage/trec-qrels.ts";
import type { Workspace } from "../workspace.ts";

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
 *   fetches; `DATA_INVALID` when `qrelsFile` judges nothing; and as `loadDataset`
 */
export async function openDataset(
  id: string,
  workspace: Workspace,
  { policy: overrides, qrelsFile, limit }: OpenOptions = {},
): Promise<Dataset> {
  const { card, format, files, notes, origin } = await openFiles(id, workspace);
  const policy = { ...cardPolicy(card), ...overrides };
  const loaded = await loadDataset({
    id,
    format,
    files,
    policy,
    prompts: { task: card.task, instructions: card.instructions },
    qrels: qrelsFile === undefined ? undefined : await readJudgements(qrelsFile),
    counts: card.counts,
    notes: [...card.notes, ...notes],
    origin,
    strict: workspace.strict,
  });
  const judged = policy.duplicates === "expand-gold" ? await expandGold(loaded) : loaded;
  return limit === undefined ? judged : await sampleDataset(judged, limit);
}

async function readJudgements(path: string): Promise<Qrels> {
  const { qrels } = await readQrels(path);
  if (qrels.size > 0) return qrels;
  throw new HarnessError("DATA_INVALID", "expected judgements, found none.", { where: path });
}

/**
 * The texts of a query set that a dataset's card declares, such as BRIGHT's queries with an LLM's reasoning.
 *
 * @throws {HarnessError} `SPEC_INVALID` when the card has no such set; and as the format's reader
 */
export async function readCardQueries(id: string, name: string, workspace: Workspace): Promise<QueryTexts> {
  const { format, files } = await openFiles(id, workspace, name);
  const { queries } = await format.read(files);
  const texts = new Map<string, string>(queries.map((query) => [query.id, query.text]));
  return { where: `${files.where}, query set \`${name}\``, texts };
}

type OpenedFiles = {
  readonly card: Card;
  readonly format: DatasetFormat;
  readonly files: LocalFiles;
  readonly notes: readonly string[];
  /** Where the files are from: `owner/name@commit`, an archive's digest, or `folder`. */
  readonly origin: readonly string[];
};

/**
 * The files of a dataset, or of one of its card's query sets, and the format that reads them.
 *
 * @throws {HarnessError} `UNKNOWN_DATASET` when there is neither card nor folder; `NOT_FETCHED`; `SPEC_INVALID`
 */
export async function openFiles(id: string, workspace: Workspace, querySet?: string): Promise<OpenedFiles> {
  const found = await findCard(id, workspace.cardFolders);
  const given = workspace.data.get(id);
  if (found === undefined && given === undefined) {
    throw new HarnessError("UNKNOWN_DATASET", `expected a dataset, found no card and no folder for \`${id}\`.`, {
      where: `dataset \`${id}\``,
      hint: `Give its folder with \`--data ${id}=PATH\`, or write a card datasets/${id}.yaml.`,
    });
  }
  const card = found?.card ?? BARE_FOLDER;
  const format = querySet === undefined ? createFormat(card.format) : querySetFormat(id, card, querySet);
  if (given !== undefined) return await openGiven(given, { id, card, format, querySet });
  if (card.source !== undefined) {
    const { files, notes, revisions } = await openFetched({ ...workspace, id, card, format });
    const commits = revisions.map(({ repository, commit }) => `${repository}@${commit}`);
    const origin = "zip" in card.source ? [card.source.zip.url] : commits;
    return { card, format, files, notes, origin };
  }
  const folder = resolve(found?.folder ?? ".", card.folder ?? basename(id));
  return { card, format, files: await listBeside(folder, id), notes: [], origin: ["folder"] };
}

type Given = Pick<OpenedFiles, "card" | "format"> & { readonly id: string; readonly querySet: string | undefined };

/** A folder from the command line: in the layout of the card, or in that which its format says folders have. */
async function openGiven(folder: string, { id, card, format, querySet }: Given): Promise<OpenedFiles> {
  const files = await listLocalFiles(folder);
  const origin = ["folder"];
  if (format.asFolder === undefined) return { card, format, files, notes: [], origin };
  if (querySet !== undefined) {
    throw new HarnessError("SPEC_INVALID", `a folder given for \`${id}\` has no query set \`${querySet}\`.`, {
      where: folder,
      hint: `Declare it in the run file: queries: {${querySet}: {path: FILE}}.`,
    });
  }
  return { card, format: createFormat(format.asFolder), files, notes: [], origin };
}

async function listBeside(folder: string, id: string): Promise<LocalFiles> {
  try {
    return await listLocalFiles(folder);
  } catch (cause) {
    if (!(cause instanceof HarnessError) || cause.code !== "FILE_MISSING") throw cause;
    throw new HarnessError("NOT_FETCHED", `the files of \`${id}\` are not here, and its card names no source.`, {
      where: folder,
      hint: `Give their folder with \`--data ${id}=PATH\`.`,
      cause,
    });
  }
}
