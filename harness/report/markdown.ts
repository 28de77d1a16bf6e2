import { capital } from "./figure-text.ts";
import { markdownProse, markdownText } from "./markdown-text.ts";
import { COVERAGE_TERMS, EXPANSION_TERMS, type MeasureSection, type ReportModel } from "./report-model.ts";
import { coverageTable, datasetTable, expansionTable, queryCountTable, sweepTable } from "./report-tables.ts";
import { effectTable, headlineTable, honestAlphaTable } from "./significance-tables.ts";
import { systemsTable } from "./systems-table.ts";
import type { TableCell, TextTable } from "./text-table.ts";

/** The report as GitHub-flavoured Markdown, with a final line end. */
export function renderMarkdown(model: ReportModel): string {
  const blocks = [
    `# ${markdownText(model.name)}`,
    model.description === undefined ? "" : markdownProse(model.description),
    fixedLine(model),
    model.failureSummary === undefined ? "" : `**${model.failureSummary}** The reasons stand under Failed cells.`,
    ...model.sections.flatMap((section) => measureBlocks(model, section)),
    ...tableBlocks("Scenario coverage", coverageTable(model)),
    model.coverage.length === 0 ? "" : COVERAGE_TERMS,
    ...tableBlocks("Query expansions", expansionTable(model)),
    model.expansions.length === 0 ? "" : EXPANSION_TERMS,
    ...tableBlocks("Queries", queryCountTable(model)),
    model.queryCounts.length === 0
      ? ""
      : "A mean is over all judged queries; a missing one counts as 0. Unjudged queries are left out.",
    ...tableBlocks("Datasets", datasetTable(model)),
    bullets([
      ...model.policies.map(({ hash, rules }) => `Policy ${hash}: ${rules}.`),
      ...model.datasets.flatMap(({ id, notes }) => notes.map((note) => `\`${id}\`: ${note}`)),
    ]),
    ...failureBlocks(model),
    ...(model.notes.length === 0 ? [] : ["## Notes", bullets(model.notes)]),
    `Result \`${model.id}\`.`,
  ];
  return `${blocks.filter((block) => block !== "").join("\n\n")}\n`;
}

function fixedLine({ axes }: ReportModel): string {
  return axes.fixed.map(({ axis, value }) => `${capital(axis)}: ${markdownText(value)}.`).join(" ");
}

function measureBlocks(model: ReportModel, section: MeasureSection): readonly string[] {
  const policy = model.policyFootnote === undefined ? [] : [model.policyFootnote];
  const footnotes = [...model.footnotes, ...policy].map(markdownProse).join("<br>\n");
  const headline = [
    `## ${markdownText(section.measure)}`,
    ...systemsBlocks(model, section),
    tableText(headlineTable(model, section, { system: true })),
    footnotes,
  ];
  if (section.alphas.length === 0) return headline;
  return [
    ...headline,
    ...(model.hasTests
      ? [
          `### Effect and power, ${markdownText(section.measure)}`,
          tableText(effectTable(model, section, { system: true })),
        ]
      : []),
    `### Choice of alpha, ${markdownText(section.measure)}`,
    tableText(honestAlphaTable(model, section, { system: true })),
    `### Alpha sweep, ${markdownText(section.measure)}`,
    "alpha × document score + (1 − alpha) × scenario score. Bold: best of the row, underlined: second best, by unrounded value.",
    tableText(sweepTable(model, section)),
    ...policy.map(markdownProse),
  ];
}

/** Systems beside each other are worth a table where there are several places to compare them. */
function systemsBlocks(model: ReportModel, section: MeasureSection): readonly string[] {
  if (new Set(section.rows.map(({ dataset }) => dataset)).size < 2) return [];
  return [
    tableText(systemsTable(model, section)),
    markdownProse(
      `Bold: best of the column, underlined: second best, by unrounded value. ${model.daggerNote ?? ""}`.trim(),
    ),
  ];
}

function tableBlocks(title: string, table: TextTable): readonly string[] {
  return table.rows.length === 0 ? [] : [`## ${title}`, tableText(table)];
}

function failureBlocks({ failures }: ReportModel): readonly string[] {
  if (failures.length === 0) return [];
  return ["## Failed cells", bullets(failures.map(({ label, error }) => `${label}: ${error}`))];
}

function tableText({ head, rows, align }: TextTable): string {
  const rule = align.map((side) => (side === "right" ? "---:" : ":---"));
  // a word that a narrow column divides is whole where a head has one line
  const heads = head.map((text) => markdownText(text.replaceAll("-\n", "-")));
  return [heads, rule, ...rows.map((row) => row.map(cellText))].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

function cellText({ text, mark }: TableCell): string {
  const escaped = markdownText(text);
  if (mark === "best") return `**${escaped}**`;
  return mark === "second" ? `<u>${escaped}</u>` : escaped;
}

function bullets(lines: readonly string[]): string {
  return lines.map((line) => `- ${markdownProse(line)}`).join("\n");
}
