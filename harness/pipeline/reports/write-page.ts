import { readFile } from "node:fs/promises";
import { basename, dirname } from "node:path";
import type { CellResult, ExperimentResult } from "../../domain/result.ts";
import { cellId } from "../../plan/cell-id.ts";
import type { PageSource, Provenance } from "../../report/page/page-source.ts";
import { renderPage } from "../../report/page/render-page.ts";
import { groupBy } from "../../report/row-groups.ts";
import { silentProgress } from "../../runtime/progress.ts";
import { cellLayout, type ExperimentLayout, excerptsFile } from "../../storage/layout.ts";
import { type Manifest, readManifest } from "../run/manifest.ts";
import type { ExperimentRun } from "../run/run-experiment.ts";
import type { Workspace } from "../workspace.ts";
import { isPageCurrent, pageKey, writePageFiles } from "./page-files.ts";
import { goldOf, mergeExcerpts, readExcerpts, type StoredExcerpts } from "./read-excerpts.ts";
import { type CellPlace, readShownRows } from "./shown-rows.ts";
import { excerptsHead, positiveGrades, writeExcerpts } from "./write-excerpts.ts";

type Watched = Pick<Workspace, "progress" | "signal">;

/**
 * Writes the page of a run, and the texts it shows beside the result, so that `rebuildPage` can make the same page of the
 * results alone. A page that is there already, whole, is left alone.
 *
 * @throws {HarnessError} `NOT_WRITABLE`, `DISK_FULL`, and whatever is wrong with the data or a finished cell
 */
export async function writeRunPage(run: ExperimentRun, result: ExperimentResult, workspace: Workspace): Promise<void> {
  const { layout, plan, materials, file } = run;
  const runFile = { name: basename(file), text: plainText(await readFile(file, "utf8")) };
  const source = { result, ids: plan.ids, materials, version: workspace.version, runFile };
  const work = run.costs ? run.encoding : undefined;
  if (await isPageCurrent(layout, pageKey({ result, work, excerpts: excerptsHead(source).key }))) return;
  const gold = new Map(Array.from(materials.datasets, ([id, { dataset }]) => [id, positiveGrades(dataset.qrels)]));
  const place = (cell: CellResult) => ({ files: layout.cell(cellId(cell)), ids: plan.ids });
  const rows = await readShownRows({ result, place, gold }, workspace);
  await writeExcerpts(layout.excerptsFile, source, rows);
  const excerpts = await readExcerpts(layout.excerptsFile, result.id);
  await writePage(layout, { result, rows, place, excerpts, sources: 1, work });
}

/** How an editor ends lines is no part of what a run file says. */
function plainText(text: string): string {
  return text.replace(/^\uFEFF/, "").replaceAll("\r\n", "\n");
}

/** A result, or several merged into one, and where they lie. */
export type RebuiltPage = {
  readonly result: ExperimentResult;
  readonly layout: ExperimentLayout;
  readonly sources: readonly { readonly folder: string; readonly id: string }[];
  /** The source that a cell came from, by its place among them. */
  readonly sourceOf: (cell: CellResult) => number;
};

/**
 * Makes the page of results on disk again, from the files of their folders; without excerpts there is no query view.
 *
 * @throws {HarnessError} as `writeRunPage`
 */
export async function rebuildPage(
  { result, layout, sources, sourceOf }: RebuiltPage,
  watched: Watched = { progress: silentProgress },
): Promise<void> {
  const stored: (StoredExcerpts | undefined)[] = [];
  for (const { folder, id } of sources) stored.push(await readExcerpts(excerptsFile(folder), id));
  const excerpts = mergeExcerpts(stored.filter((one) => one !== undefined));
  const place = (cell: CellResult) => {
    const at = sourceOf(cell);
    const files = cellLayout(sources[at]?.folder ?? "", dirname(cell.run ?? ""));
    return { files, ids: stored[at]?.head.ids ?? "refuse" };
  };
  const rows = await readShownRows({ result, place, gold: goldOf(excerpts?.querySets ?? []) }, watched);
  await writePage(layout, { result, rows, place, excerpts, sources: sources.length, work: undefined });
}

type PageFacts = Pick<PageSource, "result" | "rows" | "work"> & {
  readonly place: (cell: CellResult) => CellPlace;
  readonly excerpts: StoredExcerpts | undefined;
  /** How many results were merged. */
  readonly sources: number;
};

async function writePage(layout: ExperimentLayout, facts: PageFacts): Promise<void> {
  const { result, rows, excerpts, sources, work } = facts;
  const provenance: Provenance = {
    version: excerpts?.head.version,
    runFile: sources === 1 ? excerpts?.head.runFile : undefined,
    retrievers: await readRetrievers(facts),
  };
  const querySets = excerpts?.querySets ?? [];
  const page = await renderPage({ result, rows, querySets, excerpts: excerpts?.texts, provenance, work });
  const key = pageKey({ result, work, excerpts: excerpts?.head.key });
  await writePageFiles(layout, key, page);
}

/** What made and searched the vectors, by retriever, as the manifests of its base cells say. */
async function readRetrievers({
  result: { cells },
  place,
}: Pick<PageFacts, "result" | "place">): Promise<Provenance["retrievers"]> {
  const retrievers: Provenance["retrievers"][number][] = [];
  for (const [first] of groupBy(
    cells.filter(({ status }) => status === "done"),
    ({ retriever }) => retriever,
  )) {
    const manifest = first && (await readManifest(place(first).files));
    if (first === undefined || manifest === undefined) continue;
    const { scoring } = manifest;
    const name = first.retriever;
    if (scoring.length === 1) retrievers.push({ name, ...identitiesOf(scoring[0]) });
    else retrievers.push(...scoring.map((one) => ({ name: `${name}: ${one.retriever}`, ...identitiesOf(one) })));
  }
  return retrievers;
}

function identitiesOf(scoring: Manifest["scoring"][number] | undefined) {
  const { encoder, engine } = scoring ?? {};
  return {
    encoder: encoder == null ? undefined : `${pairsOf(encoder.identity)}, ${encoder.storage}`,
    engine: engine == null ? undefined : pairsOf(engine.identity),
  };
}

function pairsOf(identity: unknown): string {
  if (identity === null || typeof identity !== "object") return String(identity);
  return Object.entries(identity)
    .map(([name, value]) => `${name} ${typeof value === "object" ? JSON.stringify(value) : value}`)
    .join(", ");
}
