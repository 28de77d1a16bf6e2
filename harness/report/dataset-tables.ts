import type { DatasetCheck, DatasetFacts } from "../domain/dataset-facts.ts";
import { visibleText } from "./figure-text.ts";
import { renderTable } from "./terminal-table.ts";

/** Cards and groups for a terminal; a dash where a figure is not known. */
export async function renderDatasets(facts: readonly DatasetFacts[]): Promise<string> {
  const count = (value: number | null) => (value === null ? "-" : value.toLocaleString("en-US"));
  return await renderTable(
    ["id", "documents", "queries", "judgements", "source"],
    facts.map((one) => [one.id, ...[one.documents, one.queries, one.judgements].map(count), sourceText(one)]),
    { align: ["left", "right", "right", "right", "left"] },
  );
}

function sourceText({ members, source, pinned }: DatasetFacts): string {
  if (members !== null) return `group of ${members.length}`;
  if (source === null) return "folder";
  return pinned === true ? source : `${source} (not pinned)`;
}

/** What a check found, for a terminal: every figure, and which differ. */
export async function renderCheck({ id, figures, source, notes }: DatasetCheck): Promise<string> {
  const number = (value: number | null) =>
    value === null ? "-" : value.toLocaleString("en-US", { maximumFractionDigits: 6 });
  const table = await renderTable(
    [id, "card", "found", ""],
    figures.map(({ name, expected, found, verdict }) => [name, number(expected), number(found), verdict]),
    { align: ["left", "right", "right", "left"] },
  );
  const verdict = `${id}: ${verdictText(figures)}`;
  return [table, ...(source === null ? [] : [`Text statistics: ${source}.`]), ...notes, verdict]
    .map((line, at) => (at === 0 ? line : visibleText(line)))
    .join("\n");
}

function verdictText(figures: DatasetCheck["figures"]): string {
  const differing = figures.filter(({ verdict }) => verdict === "differs").length;
  if (differing > 0) return `${differing} ${differing === 1 ? "figure differs" : "figures differ"}.`;
  const compared = figures.some(({ verdict }) => verdict === "same");
  return compared ? "nothing differs from the card." : "no card has figures to compare with.";
}
