import { dirname, join } from "node:path";
import type { CellResult } from "../../domain/result.ts";
import { HarnessError } from "../../errors.ts";
import { mergeResults, type ResultSource } from "../../report/merge-results.ts";
import { buildReport } from "../../report/report-model.ts";
import { canonicalJson } from "../../storage/content-hash.ts";
import { experimentLayout } from "../../storage/layout.ts";
import { readNamedResult } from "../compare/named-result.ts";
import { readCheckedValues } from "../run/cell-values.ts";
import { EXPORT_FORMATS, type ExportFormat, isExportFormat } from "./export-result.ts";
import { isPageFormat, PAGE_FORMATS, type PageFormat, writePages } from "./report-pages.ts";
import { rebuildPage } from "./write-page.ts";

export type RebuildOptions = {
  /** Root of `reports/`. */
  readonly out: string;
  readonly formats: readonly PageFormat[];
  /** Merge results that judge a dataset differently, and average over policies. */
  readonly allowMixed: boolean;
};

/**
 * Writes the pages of a report from results on disk, several merged into one. Nothing is computed anew; values of queries
 * are read from the folders beside the results.
 *
 * @returns the folder of the pages
 * @throws {HarnessError} as `readNamedResult`, `mergeResults` and `readCheckedValues`
 */
export async function rebuildReport(
  paths: readonly string[],
  { out, formats, allowMixed }: RebuildOptions,
): Promise<string> {
  const sources: ResultSource[] = [];
  for (const path of paths) sources.push({ path, result: await readNamedResult(path) });
  const merged = mergeResults(sources, { allowMixed });
  const result = { ...merged, allowMixed: merged.allowMixed || allowMixed };
  const layout = experimentLayout(out, result.name);
  const sourceOf = sourceFinder(sources);
  const places = sources.map((source) => ({ folder: dirname(source.path), id: source.result.id }));
  const perQuery = (cell: CellResult) =>
    readCheckedValues(join(places[sourceOf(cell)]?.folder ?? "", dirname(cell.run ?? ""), "values.jsonl"), cell);
  const page = () => rebuildPage({ result, layout, sources: places, sourceOf });
  await writePages({ result, model: buildReport(result), layout, perQuery, page }, formats);
  return layout.reportFolder;
}

/** What a flag such as `md,tex,mteb` asks for; all pages where there is none. @throws {HarnessError} `USAGE` */
export function parseFormats(flag: string | undefined): {
  readonly pages: readonly PageFormat[];
  readonly exports: readonly ExportFormat[];
} {
  if (flag === undefined) return { pages: PAGE_FORMATS, exports: [] };
  const names = flag.split(",").map((name) => name.trim());
  const unknown = names.find((name) => !isPageFormat(name) && !isExportFormat(name));
  if (unknown === undefined) return { pages: names.filter(isPageFormat), exports: names.filter(isExportFormat) };
  const known = [...PAGE_FORMATS, ...EXPORT_FORMATS].join(", ");
  throw new HarnessError("USAGE", `expected \`--format\` of ${known}, got \`${unknown}\`.`);
}

/** A merged cell may have another dataset name than its result gave it; its run and values tell it. */
function sourceFinder(sources: readonly ResultSource[]): (cell: CellResult) => number {
  const keyOf = ({ run, runSha256, values }: CellResult) => canonicalJson([run, runSha256, { ...values }]);
  const places = new Map(sources.flatMap(({ result }, at) => result.cells.map((cell) => [keyOf(cell), at] as const)));
  return (cell) => places.get(keyOf(cell)) ?? 0;
}
