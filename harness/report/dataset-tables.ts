import type { DatasetFacts } from "../domain/dataset-facts.ts";
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
