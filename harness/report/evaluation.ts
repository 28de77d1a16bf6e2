import type { QueryCounts } from "../domain/result.ts";
import { csvLine } from "./csv.ts";
import { plural, visibleText } from "./figure-text.ts";
import { renderTable } from "./terminal-table.ts";

/** What evaluating one run file against one qrels file gave. */
export type EvaluationReport = {
  /** How the run and the qrels are called in a table: the names of their files. */
  readonly run: string;
  readonly dataset: string;
  /** Canonical texts, in the order they were asked for. */
  readonly measures: readonly string[];
  /** Means over every judged query. */
  readonly values: Readonly<Record<string, number>>;
  readonly queries: QueryCounts;
  /** Values by query id; undefined when they were not asked for. */
  readonly perQuery?: ReadonlyMap<string, Readonly<Record<string, number>>> | undefined;
  /** What was counted or set otherwise than usual, as sentences. */
  readonly notes: readonly string[];
};

export type EvaluationFormat = "table" | "json" | "csv";

/** Query that stands for the mean in the CSV and the table. */
const MEAN = "all";

/** The evaluation as text that ends with a line end: a table to read, JSON, or CSV in long form. */
export async function formatEvaluation(report: EvaluationReport, format: EvaluationFormat): Promise<string> {
  switch (format) {
    case "table":
      return await evaluationTable(report);
    case "json":
      return evaluationJson(report);
    case "csv":
      return evaluationCsv(report);
  }
}

async function evaluationTable({ measures, values, queries, perQuery, notes }: EvaluationReport): Promise<string> {
  const table = await renderTable(
    ["query", ...measures],
    [...(perQuery ?? []), [MEAN, values] as const].map(([query, of]) => [
      query,
      ...measures.map((text) => fixed(of[text])),
    ]),
    { align: ["left", ...measures.map(() => "right" as const)] },
  );
  const { judged, answered, missing, unjudged } = queries;
  const counts = `${plural(judged, "query")} judged: ${answered} answered, ${missing} missing (0 in the mean); ${unjudged} of the run unjudged (left out).`;
  return `${[table, counts, ...notes.map(visibleText)].join("\n")}\n`;
}

function evaluationJson({ values, queries, perQuery, notes }: EvaluationReport): string {
  const json = {
    values,
    queries,
    ...(notes.length === 0 ? {} : { notes }),
    ...(perQuery === undefined ? {} : { perQuery: Object.fromEntries(perQuery) }),
  };
  return `${JSON.stringify(json, undefined, 2)}\n`;
}

function evaluationCsv({ run, dataset, measures, values, perQuery }: EvaluationReport): string {
  const rows = [...(perQuery ?? []), [MEAN, values] as const].flatMap(([query, of]) =>
    measures.map((text) => csvLine([run, dataset, query, text, of[text]])),
  );
  return [csvLine(["run", "dataset", "query", "measure", "value"]), ...rows].join("");
}

function fixed(value: number | undefined): string {
  return value === undefined ? "" : value.toFixed(4);
}
