import { join } from "node:path";
import type { CellResult } from "../../domain/result.ts";
import { HarnessError } from "../../errors.ts";
import { cellId } from "../../plan/cell-id.ts";
import { encodingLines } from "../../report/encoding-lines.ts";
import { plural } from "../../report/figure-text.ts";
import { type EndedCell, ndjsonLine, renderRunJson } from "../../report/json.ts";
import { buildReport } from "../../report/report-model.ts";
import { renderTerminal } from "../../report/terminal.ts";
import { writeFileAtomic } from "../../storage/atomic-write.ts";
import { compareCells } from "../compare/compare-cells.ts";
import { readValues } from "../run/evaluate-cell.ts";
import { experimentResult } from "../run/experiment-result.ts";
import type { ExperimentRun } from "../run/run-experiment.ts";
import type { Workspace } from "../workspace.ts";
import { writePages } from "./report-pages.ts";
import { writeRunPage } from "./write-page.ts";

export type WrittenReports = {
  /** What the command prints on stdout in the format that was asked for. */
  readonly printed: string;
  /** What was done and where it lies, for a person. */
  readonly summary: readonly string[];
  /** Failed cells, of those that the matrix names. */
  readonly failed: number;
};

/** Compares the cells of a run, writes `result.json` and the reports, and renders what its command prints. */
export async function writeReports(
  run: ExperimentRun,
  format: "table" | "json" | "ndjson",
  workspace: Workspace,
): Promise<WrittenReports> {
  const { layout, plan, outcomes } = run;
  const result = experimentResult(run, await compareCells(run, workspace));
  await writeFileAtomic(layout.resultFile, `${JSON.stringify(result, undefined, 2)}\n`);
  const model = buildReport(result);
  const perQuery = (cell: CellResult) => readValues(layout.cell(cellId(cell)).values);
  const page = () => writeRunPage(run, result, workspace);
  await writePages({ result, model, layout, perQuery, page });
  const listed = plan.cells.filter((cell) => cell.listed);
  const ended = result.cells.map((cell, index): EndedCell => {
    const path = cell.run === null ? null : join(layout.folder, cell.run);
    return { cell: { ...cell, run: path }, cached: outcomes.get(listed[index]?.id ?? "")?.status === "cached" };
  });
  return {
    printed: printed(
      format,
      { name: result.name, result: layout.resultFile, cells: ended, encoding: run.encoding },
      await renderTerminal(model),
    ),
    summary: [
      describeWork(run),
      ...encodingLines(run.encoding),
      `result: ${layout.resultFile}`,
      `reports: ${layout.reportFolder}`,
      `page: ${layout.pageFile}`,
    ],
    failed: result.cells.filter(({ status }) => status === "failed").length,
  };
}

/** @throws {HarnessError} `CELLS_FAILED` when a cell of the matrix failed, once everything else is written */
export function throwIfFailed({ failed }: WrittenReports): void {
  if (failed === 0) return;
  throw new HarnessError(
    "CELLS_FAILED",
    `${plural(failed, "cell")} failed; the others are finished and in the report.`,
    {
      hint: "Mend the cause and run the same command again: finished cells are kept.",
    },
  );
}

function printed(format: "table" | "json" | "ndjson", run: Parameters<typeof renderRunJson>[0], table: string): string {
  switch (format) {
    case "table":
      return table;
    case "json":
      return renderRunJson(run);
    case "ndjson":
      return run.cells.map(ndjsonLine).join("");
  }
}

function describeWork({ work, outcomes }: ExperimentRun): string {
  if (work.cached === outcomes.size) return `all ${work.cached} cells were finished: nothing encoded, nothing scored.`;
  const { encoded, scored, evaluated, cached } = work;
  return `${plural(scored, "cell")} scored, ${evaluated} evaluated, ${cached} found finished; ${plural(encoded, "text")} encoded.`;
}
