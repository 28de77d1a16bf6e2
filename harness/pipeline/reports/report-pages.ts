import type { CellResult, ExperimentResult } from "../../domain/result.ts";
import { comparisonsCsv, curvesCsv } from "../../report/comparison-csv.ts";
import { type CsvCell, csvLines } from "../../report/csv.ts";
import { renderLatex } from "../../report/latex.ts";
import { renderMarkdown } from "../../report/markdown.ts";
import type { ReportModel } from "../../report/report-model.ts";
import { renderTerminal } from "../../report/terminal.ts";
import { writeFileAtomic, writeText } from "../../storage/atomic-write.ts";
import type { ExperimentLayout } from "../../storage/layout.ts";

/** What pages are made of. */
export type PageSource = {
  readonly result: ExperimentResult;
  readonly model: ReportModel;
  readonly layout: ExperimentLayout;
  /** Values of a finished cell by query, then measure. */
  readonly perQuery: (cell: CellResult) => Promise<CsvCell["perQuery"]>;
  /** Writes the HTML page with its charts: what it shows of queries lies in other places for a run and for a rebuilt report. */
  readonly page: () => Promise<void>;
};

type Page = (source: PageSource) => Promise<void>;

/** What a report consists of, by the name that `--format` takes. To add one: its renderer in report/, one line here. */
const PAGES = {
  html: ({ page }) => page(),
  md: ({ model, layout }) => writeFileAtomic(layout.reportFile("md"), renderMarkdown(model)),
  tex: ({ model, layout }) => writeFileAtomic(layout.reportFile("tex"), renderLatex(model)),
  txt: async ({ model, layout }) => writeFileAtomic(layout.reportFile("txt"), await renderTerminal(model)),
  csv: writeCsv,
} as const satisfies Readonly<Record<string, Page>>;

export type PageFormat = keyof typeof PAGES;

export function isPageFormat(name: string): name is PageFormat {
  return Object.hasOwn(PAGES, name);
}

export const PAGE_FORMATS: readonly PageFormat[] = Object.keys(PAGES).filter(isPageFormat);

/** Writes the pages of a report into its folder. */
export async function writePages(source: PageSource, formats: readonly PageFormat[] = PAGE_FORMATS): Promise<void> {
  for (const format of formats) await PAGES[format](source);
}

/** Every value, every comparison and the curves over alpha, the latter two where there is SPIKE. */
async function writeCsv({ result, model, layout, perQuery }: PageSource): Promise<void> {
  await writeText(layout.reportFile("csv"), async (writer) => {
    for await (const line of csvLines(csvCells(result, perQuery), result.measures)) await writer.write(line);
  });
  if (result.comparison === null) return;
  await writeFileAtomic(layout.comparisonsFile, comparisonsCsv(model));
  await writeFileAtomic(layout.curvesFile, curvesCsv(result));
}

/** Values of every cell, read one cell at a time. */
async function* csvCells({ cells }: ExperimentResult, perQuery: PageSource["perQuery"]): AsyncGenerator<CsvCell> {
  for (const cell of cells) {
    const { system, dataset, status, values } = cell;
    yield { system, dataset, perQuery: status === "done" ? await perQuery(cell) : new Map<string, never>(), values };
  }
}
