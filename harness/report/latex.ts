import { latexProse, latexText } from "./latex-text.ts";
import { COVERAGE_TERMS, EXPANSION_TERMS, type MeasureSection, type ReportModel } from "./report-model.ts";
import { coverageTable, expansionTable, sweepTable } from "./report-tables.ts";
import { effectTable, headlineTable, honestAlphaTable } from "./significance-tables.ts";
import { systemColumns, systemsTable } from "./systems-table.ts";
import type { TableCell, TextTable } from "./text-table.ts";

/** Columns of values of a systems' table, and rows of any, that fit a page. */
const MOST_VALUES = 13;
const MOST_ROWS = 45;

/** A box that is as wide as what it holds, and no wider than the text. */
const SHRINK = "\\resizebox{\\ifdim\\width>\\textwidth\\textwidth\\else\\width\\fi}{!}{%";

function marks(place: "column" | "row"): string {
  return `Bold: best of the ${place}, underlined: second best, by unrounded value.`;
}

/** A table with what stands around it; its label is made of `name`. */
type Float = { readonly name: string; readonly caption: string; readonly table: TextTable };

/**
 * The report's tables for a paper to `\input`: floats with caption and label, nothing that needs more than the packages
 * booktabs and graphicx. A table that is too wide or too long is cut into several.
 */
export function renderLatex(model: ReportModel): string {
  const blocks = [
    head(model),
    ...model.sections.map((section) => {
      const floats = measureFloats(model, section).flatMap(onPages);
      // LaTeX holds a limited number of floats that have no page yet
      return [...floats.map((float) => floatText(float, model)), "\\clearpage"].join("\n\n");
    }),
    ...coverageFloats(model)
      .flatMap(onPages)
      .map((float) => floatText(float, model)),
    notesText(model),
  ];
  return `${blocks.filter((block) => block !== "").join("\n\n")}\n`;
}

function head({ name, id }: ReportModel): string {
  return [
    `% Tables of ${latexText(name)}, result ${latexText(id)}.`,
    "% In the preamble: \\usepackage[T1]{fontenc} \\usepackage{booktabs,graphicx}; then \\input this file, or take a table out of it.",
    "% Names in other scripts than Latin need LuaLaTeX or XeLaTeX and a font that has them.",
  ].join("\n");
}

function measureFloats(model: ReportModel, section: MeasureSection): readonly Float[] {
  return floatsOf(model, section).map((float) => ({ ...float, name: `${section.measure}-${float.name}` }));
}

function floatsOf(model: ReportModel, section: MeasureSection): readonly Float[] {
  const { measure } = section;
  const system = { system: true };
  const policy = model.policyFootnote ?? "";
  const hasSpike = section.alphas.length > 0;
  const claim = hasSpike && model.claim !== undefined ? ` SPIKE: ${model.claim}.` : "";
  const systems: Float = {
    name: "systems",
    caption: `${measure}.${claim} ${marks("column")} ${model.daggerNote ?? ""} ${policy}`,
    table: systemsTable(model, section),
  };
  const tested: Float = {
    name: "differences",
    caption: [`${measure}: SPIKE and its base.`, ...model.footnotes, policy].join(" "),
    table: headlineTable(model, section, system),
  };
  const parts = splitColumns(systems, systemColumns(model));
  if (!hasSpike) return parts;
  return [
    ...parts,
    tested,
    ...(model.hasTests
      ? [{ name: "effects", caption: `${measure}: effect and power.`, table: effectTable(model, section, system) }]
      : []),
    {
      name: "alpha",
      caption: `${measure}: choice of alpha. ${policy}`,
      table: honestAlphaTable(model, section, system),
    },
    {
      name: "sweep",
      caption: `${measure} at every alpha: alpha × document score + (1 − alpha) × scenario score. ${marks("row")} ${policy}`,
      table: sweepTable(model, section),
    },
  ];
}

function coverageFloats(model: ReportModel): readonly Float[] {
  return [
    { name: "coverage", caption: `Scenario coverage. ${COVERAGE_TERMS}`, table: coverageTable(model) },
    { name: "expansions", caption: `Query expansions. ${EXPANSION_TERMS}`, table: expansionTable(model) },
  ].filter(({ table }) => table.rows.length > 0);
}

/** Tables of the same rows with the names before every part of the values. */
function splitColumns(float: Float, names: number): readonly Float[] {
  const { head: columns } = float.table;
  const starts = Array.from({ length: Math.ceil((columns.length - names) / MOST_VALUES) }, (_, i) => i * MOST_VALUES);
  return starts.map((start, part) => {
    const pick = <Part>(all: readonly Part[]) => [
      ...all.slice(0, names),
      ...all.slice(names + start, names + start + MOST_VALUES),
    ];
    const { head: heads, rows, align } = float.table;
    return numbered({ ...float, table: { head: pick(heads), rows: rows.map(pick), align: pick(align) } }, part);
  });
}

function onPages(float: Float): readonly Float[] {
  const { rows } = float.table;
  const starts = Array.from({ length: Math.ceil(rows.length / MOST_ROWS) }, (_, i) => i * MOST_ROWS);
  return starts.map((start, part) =>
    numbered({ ...float, table: { ...float.table, rows: rows.slice(start, start + MOST_ROWS) } }, part),
  );
}

function numbered(float: Float, part: number): Float {
  if (part === 0) return float;
  return { ...float, name: `${float.name}-${part + 1}`, caption: `${float.caption} Continued.` };
}

function floatText({ name, caption, table }: Float, model: ReportModel): string {
  return [
    "\\begin{table*}",
    "\\centering",
    `\\caption{${latexProse(caption)}}`,
    `\\label{tab:${labelText(model.name)}-${labelText(name)}}`,
    "\\footnotesize",
    SHRINK,
    `\\begin{tabular}{@{}${table.align.map((side) => (side === "left" ? "l" : "r")).join("")}@{}}`,
    "\\toprule",
    `${table.head.map((text, column) => headText(text, table.align[column])).join(" & ")} \\\\`,
    "\\midrule",
    ...bodyLines(table),
    "\\bottomrule",
    "\\end{tabular}}",
    "\\end{table*}",
  ].join("\n");
}

/** Rows, with a little room where the first column changes and some of its names have several rows. */
function bodyLines({ rows }: TextTable): readonly string[] {
  const first = rows.map(([cell]) => cell?.text);
  const hasGroups = new Set(first).size < rows.length;
  return rows.flatMap((row, at) => {
    const line = `${row.map(cellText).join(" & ")} \\\\`;
    return hasGroups && at > 0 && first[at] !== first[at - 1] ? ["\\addlinespace", line] : [line];
  });
}

function headText(text: string, side: "left" | "right" | undefined): string {
  const lines = text.split("\n").map(latexText);
  if (lines.length === 1) return lines.join("");
  return `\\begin{tabular}[b]{@{}${side === "left" ? "l" : "r"}@{}}${lines.join("\\\\")}\\end{tabular}`;
}

function cellText({ text, mark }: TableCell): string {
  const escaped = latexText(text);
  if (mark === "best") return `\\textbf{${escaped}}`;
  return mark === "second" ? `\\underline{${escaped}}` : escaped;
}

function notesText({ failureSummary, failures, notes }: ReportModel): string {
  const lines = [
    ...(failureSummary === undefined ? [] : [failureSummary]),
    ...failures.map(({ label, error }) => `${label}: ${error}`),
    ...notes,
  ];
  if (lines.length === 0) return "";
  return [
    "\\begin{itemize}",
    ...lines.map((line) => `\\item ${latexProse(line).replace(/^(?=\[)/, "{}")}`),
    "\\end{itemize}",
  ].join("\n");
}

function labelText(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9]+/g, "-");
}
