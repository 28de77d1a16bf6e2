import type { ExpansionSummary } from "../domain/expansion.ts";
import { capital, countText, oneLine, plural, shareText } from "./figure-text.ts";
import type { CoverageRow, MeasureSection, QueryCountRow, ReportModel } from "./report-model.ts";
import { type NameOptions, RECORDED, sweepColumns, sweepTable, sweptRows } from "./report-tables.ts";
import { type Axis, groupBy, type RowAxes, type RowKey } from "./row-groups.ts";
import { effectTable, headlineTable, honestAlphaTable } from "./significance-tables.ts";
import { renderTable } from "./terminal-table.ts";
import type { TextTable } from "./text-table.ts";

const COLUMNS = 100;

/** The report for a terminal of 100 columns and for `report.txt`: no colour codes, a final line end. */
export async function renderTerminal(model: ReportModel): Promise<string> {
  const blocks = [titleBlock(model)];
  for (const [index, section] of model.sections.entries()) {
    // what holds for every measure is said under the first one
    const footnotes = index === 0 ? model.footnotes : [];
    blocks.push(await measureBlock({ ...model, footnotes }, section));
  }
  blocks.push(
    listBlock("Scenario coverage", model.coverage.map(coverageLine)),
    listBlock("Query expansions", model.expansions.map(expansionLine)),
    listBlock(
      "Queries",
      model.queryCounts.map((row) => queryCountLine(row, model.axes)),
    ),
    listBlock("Datasets", datasetLines(model)),
    listBlock(
      "Failed cells",
      model.failures.map(({ label, error }) => `${label}: ${error}`),
    ),
    listBlock("Notes", model.notes),
  );
  return `${blocks.filter((block) => block !== "").join("\n\n")}\n`;
}

function titleBlock({ name, description, axes, failureSummary }: ReportModel): string {
  const fixed = axes.fixed.map(({ axis, value }) => `${capital(axis)}: ${value}.`).join(" ");
  const lines = [name, description ?? "", fixed, failureSummary ?? ""];
  return lines
    .filter((line) => line !== "")
    .map((line) => wrapped(line))
    .join("\n");
}

async function measureBlock(model: ReportModel, section: MeasureSection): Promise<string> {
  const measure = oneLine(section.measure);
  const policy = model.policyFootnote === undefined ? [] : [model.policyFootnote];
  const footnotes = [...model.footnotes, ...policy].map((line) => wrapped(line));
  const draw = (form: TableForm) => systemTables(form, model, section);
  const headline = [measure, "─".repeat(measure.length), ...(await draw(headlineTable)), ...footnotes];
  if (section.alphas.length === 0) return headline.join("\n");
  const swept = { ...section, rows: sweptRows(section.rows) };
  const blocks = [
    headline,
    ...(model.hasTests ? [[`${measure}: effect and power`, ...(await draw(effectTable))]] : []),
    [`${measure}: choice of alpha`, ...(await systemTables(honestAlphaTable, model, swept))],
    [`${measure} at every alpha (* best of its sweep)`, ...(await sweepTables(model, section)), ...policy],
  ];
  return blocks.map((lines) => lines.join("\n")).join("\n\n");
}

type TableForm = (model: ReportModel, section: MeasureSection, options: NameOptions) => TextTable;

/** One table, or where the names are too long for the page, one a system. */
async function systemTables(form: TableForm, model: ReportModel, section: MeasureSection): Promise<readonly string[]> {
  const whole = await tableText(form(model, section, { system: true }));
  if (fits(whole)) return [whole];
  const tables = systemsOf(model, section.rows).map(async ({ title, rows }) => {
    return `${title}\n${await tableText(form(model, { ...section, rows }, { system: false }))}`;
  });
  return Promise.all(tables);
}

/** Alphas across while they fit, else down; and where that is still too wide, tables of one system each. */
async function sweepTables(model: ReportModel, section: MeasureSection): Promise<readonly string[]> {
  const rows = sweptRows(section.rows);
  const across = await tableText(sweepTable(model, section));
  if (fits(across)) return [across];
  const down = await tableText(sweepColumns(model, { ...section, rows }, { system: true }));
  if (fits(down)) return [down];
  const tables: string[] = [];
  for (const system of systemsOf(model, rows)) {
    const parts = await splitColumns(model, { ...section, rows: system.rows });
    tables.push([system.title, ...parts].join("\n"));
  }
  return tables;
}

/** A system's sweep with alphas down, as many datasets to a table as fit. */
async function splitColumns(model: ReportModel, section: MeasureSection): Promise<readonly string[]> {
  const draw = (rows: MeasureSection["rows"]) =>
    tableText(sweepColumns(model, { ...section, rows }, { system: false }));
  const tables: string[] = [];
  let rest = section.rows;
  while (rest.length > 0) {
    let count = 1;
    let text = await draw(rest.slice(0, count));
    while (count < rest.length) {
      const wider = await draw(rest.slice(0, count + 1));
      if (!fits(wider)) break;
      text = wider;
      count += 1;
    }
    tables.push(text);
    rest = rest.slice(count);
  }
  return tables;
}

type SystemRows = { readonly title: string; readonly rows: MeasureSection["rows"] };

function systemsOf({ axes }: ReportModel, rows: MeasureSection["rows"]): readonly SystemRows[] {
  return groupBy(rows, (row) => systemTitle(row, axes.varying)).map((own) => ({
    title: own
      .slice(0, 1)
      .map((row) => oneLine(systemTitle(row, axes.varying)))
      .join(),
    rows: own,
  }));
}

function systemTitle(row: RowKey, varying: readonly Axis[]): string {
  const parts = varying.flatMap((axis) => (row[axis] === undefined ? [] : [`${axis} ${row[axis]}`]));
  return [row.retriever, ...parts].join(", ");
}

function tableText({ head, rows, align }: TextTable): Promise<string> {
  const marked = head.map((_, column) => rows.some((row) => row[column]?.mark === "best"));
  const lines = rows.map((row) =>
    row.map(({ text, mark }, column) => oneLine(text) + (mark === "best" ? "*" : marked[column] === true ? " " : "")),
  );
  return renderTable(
    head.map((text) => text.split("\n").map(oneLine).join("\n")),
    lines,
    { align },
  );
}

function fits(table: string): boolean {
  return (table.split("\n")[0] ?? "").length <= COLUMNS;
}

function coverageLine(row: CoverageRow): string {
  const { name, dataset, documents, covered, noise, without, failed, foreign, scenarios, perDocument } = row;
  const parts = [
    `${countText(covered)} of ${plural(documents, "document")} covered (${shareText(covered, documents)})`,
    `${countText(noise)} noise only`,
    `${countText(without)} without scenario`,
    `${countText(failed)} failed`,
    `${plural(scenarios, "scenario")}, ${perDocument.min} / ${perDocument.median} / ${perDocument.max} per covered document (min / median / max)`,
    ...(foreign === 0 ? [] : [`${countText(foreign)} of documents outside the corpus, not indexed`]),
  ];
  return `${name} on ${dataset}: ${parts.join("; ")}`;
}

function expansionLine(row: ExpansionSummary): string {
  const { name, dataset, kind, model, queries, expanded, samples, missing, cut, stripped } = row;
  const parts = [
    `${kind} by ${model ?? RECORDED}`,
    `${countText(expanded)} of ${plural(queries, "query")} expanded (${shareText(expanded, queries)})`,
    `${countText(queries - expanded)} asked as the dataset has them`,
    `${plural(samples, "text")} each, ${countText(missing)} missing, ${countText(cut)} cut, ${countText(stripped)} stripped of a lead-in`,
  ];
  return `${name} on ${dataset}: ${parts.join("; ")}`;
}

function queryCountLine(row: QueryCountRow, { varying }: RowAxes): string {
  const { dataset, queries, judged, answered, missing, unjudged, cells } = row;
  const left = unjudged === 0 ? "" : `, ${countText(unjudged)} unjudged (left out)`;
  const counts = `${countText(judged)} judged, ${countText(answered)} answered, ${countText(missing)} missing${left}`;
  const name = varying.includes("queries") ? `${dataset}, queries ${queries}` : dataset;
  return `${name}: ${counts}, in ${plural(cells, "cell")}`;
}

function datasetLines({ datasets, policies }: ReportModel): readonly string[] {
  const lines = datasets.flatMap(({ id, documents, queries, judgements, policy, notes }) => [
    `${id}: ${plural(documents, "document")}, ${plural(queries, "query")}, ${plural(judgements, "judgement")}, policy ${policy}`,
    ...notes.map((note) => `${id}: ${note}`),
  ]);
  return [...lines, ...policies.map(({ hash, rules }) => `policy ${hash}: ${rules}`)];
}

function listBlock(title: string, lines: readonly string[]): string {
  if (lines.length === 0) return "";
  return [title, ...lines.map((line) => `- ${wrapped(line, "  ")}`)].join("\n");
}

/** Words in lines of at most 100 columns; the first line's own indent is the caller's. A longer word stays whole. */
function wrapped(text: string, indent = ""): string {
  const lines: string[] = [];
  let line = "";
  for (const word of oneLine(text).split(/\s+/)) {
    if (line !== "" && indent.length + line.length + 1 + word.length > COLUMNS) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line].join(`\n${indent}`);
}
