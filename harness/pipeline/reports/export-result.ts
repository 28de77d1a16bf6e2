import { dirname, join } from "node:path";
import { z } from "zod";
import { findCard } from "../../datasets/find-card.ts";
import type { CellResult, DatasetSummary, ExperimentResult } from "../../domain/result.ts";
import { HarnessError } from "../../errors.ts";
import { cellId } from "../../plan/cell-id.ts";
import { irMetadata } from "../../report/ir-metadata.ts";
import { type MtebCell, type MtebTask, mtebFiles } from "../../report/mteb-results.ts";
import { writeFileAtomic } from "../../storage/atomic-write.ts";
import { cellLayout, experimentLayout } from "../../storage/layout.ts";
import { formatYaml } from "../../storage/yaml-source.ts";
import { readNamedResult } from "../compare/named-result.ts";
import { readManifest, type Scoring } from "../run/manifest.ts";

export type ExportOptions = {
  /** Root of `reports/`. */
  readonly out: string;
  /** Folders that are searched for dataset cards. */
  readonly cardFolders: readonly string[];
};

/** How many files were written, and where. */
export type ExportedResult = { readonly folder: string; readonly files: number };

/** What other tools read, by the name that `--format` takes. */
const EXPORTS = { mteb: exportMteb, "ir-metadata": exportIrMetadata } as const;

export type ExportFormat = keyof typeof EXPORTS;

export function isExportFormat(name: string): name is ExportFormat {
  return Object.hasOwn(EXPORTS, name);
}

export const EXPORT_FORMATS: readonly ExportFormat[] = Object.keys(EXPORTS).filter(isExportFormat);

/** Writes what other tools read of a result. @throws as the export, and as `readNamedResult` */
export async function exportResult(
  path: string,
  format: ExportFormat,
  options: ExportOptions,
): Promise<ExportedResult> {
  return await EXPORTS[format](path, options);
}

/**
 * A folder of results in mteb's layout, `reports/<name>/mteb/results`. A dataset whose card names no task of mteb, or that
 * is not the card's as a whole, is filed under its own id.
 *
 * @throws {HarnessError} as `mtebFiles`
 */
async function exportMteb(path: string, { out, cardFolders }: ExportOptions): Promise<ExportedResult> {
  const result = await readNamedResult(path);
  const cells: MtebCell[] = [];
  for (const { cell, dataset } of finishedCells(result)) {
    const scoring = await scoringOf(path, cell);
    const system = cellId(cell).split("@").at(-1) ?? "";
    cells.push({ cell, dataset, system, task: await taskOf(dataset, cardFolders), revision: revisionOf(scoring) });
  }
  const folder = join(experimentLayout(out, result.name).reportFolder, "mteb", "results");
  const files = mtebFiles(cells);
  for (const file of files) await writeFileAtomic(join(folder, ...file.path.split("/")), file.text);
  return { folder, files: files.length };
}

/** A file beside every finished cell's run: `run.trec.ir_metadata.yaml`. */
async function exportIrMetadata(path: string): Promise<ExportedResult> {
  const result = await readNamedResult(path);
  const cells = finishedCells(result);
  for (const { cell } of cells) {
    const scoring = (await scoringOf(path, cell)).map(({ retriever, encoder }) => ({
      retriever,
      encoder: encoder === null ? undefined : encoder.identity,
    }));
    const yaml = formatYaml(irMetadata(cell, { result, scoring }));
    const { metadata } = cellLayout(dirname(path), cellId(cell));
    await writeFileAtomic(metadata, `# ir_metadata.start\n${yaml}# ir_metadata.end\n`);
  }
  return { folder: dirname(path), files: cells.length };
}

function finishedCells({ cells, datasets }: ExperimentResult) {
  const known = new Map(datasets.map((dataset) => [dataset.id, dataset]));
  return cells.flatMap((cell) => {
    const dataset = known.get(cell.dataset);
    return cell.status === "done" && dataset !== undefined ? [{ cell, dataset }] : [];
  });
}

/** @throws {HarnessError} `DATA_INVALID` for a cell without a manifest of this version */
async function scoringOf(path: string, cell: CellResult): Promise<readonly Scoring[]> {
  const layout = cellLayout(dirname(path), cellId(cell));
  const manifest = await readManifest(layout);
  if (manifest !== undefined) return manifest.scoring;
  throw new HarnessError("DATA_INVALID", "expected the manifest of the cell as this version writes it.", {
    where: layout.manifest,
    hint: "Run the experiment again: what is finished and of this version is kept.",
  });
}

/** The card's task where the dataset is what mteb has. */
async function taskOf(dataset: DatasetSummary, cardFolders: readonly string[]): Promise<MtebTask> {
  const card = (await findCard(dataset.id, cardFolders))?.card;
  const { documents, queries } = card?.counts ?? {};
  const isWhole =
    dataset.policy.qrels === "original" &&
    (documents === undefined || documents === dataset.documents) &&
    (queries === undefined || queries === dataset.queries);
  if (card?.mteb !== undefined && isWhole) return card.mteb;
  return { task: fileName(dataset.id), subset: "default", split: "test" };
}

/** A dataset's id as the name of a file. */
function fileName(id: string): string {
  return encodeURIComponent(id).replaceAll("%2F", "__");
}

const revised = z.looseObject({ revision: z.string().nullish(), commit: z.string().nullish() });

/** Of the one model that scored, where it says so. */
function revisionOf(scoring: readonly Scoring[]): string | undefined {
  const [only, ...others] = scoring;
  if (others.length > 0) return undefined;
  const known = revised.safeParse(only?.encoder?.identity).data;
  return (known?.revision ?? known?.commit)?.replaceAll(/[^\w-]/g, "_") || undefined;
}
