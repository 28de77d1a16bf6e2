import type { DatasetOutline, PlanOutline } from "../domain/plan-outline.ts";
import { countText, plural } from "./figure-text.ts";
import { renderExpansions } from "./generation.ts";
import { renderTable } from "./terminal-table.ts";

/** What a run would take as far as dataset cards tell, for a terminal. */
export async function renderOutline({
  name,
  cells,
  datasets,
  encoding,
  generations,
  expansions,
}: PlanOutline): Promise<string> {
  const documents = sum(datasets, "documents");
  const tokens = sum(datasets, "documentTokens");
  const lines = [
    `${name}: ${plural(cells, "cell")}. Not all data is here: what follows is what the datasets' cards say.`,
    await renderTable(
      ["dataset", "documents", "about tokens", "queries, all sets"],
      [...datasets.map(datasetRow), ["all", documents, tokens, sum(datasets, "queries")]],
      { align: ["left", "right", "right", "right"] },
    ),
  ];
  if (encoding.length > 0) {
    const all = `all documents (${documents}, about ${tokens} tokens) and ${sum(datasets, "queries")} queries`;
    lines.push(`To be encoded by each of ${encoding.join(", ")}: ${all}, and the scenarios.`);
  }
  for (const { scenarios, model } of generations) {
    const prompts = `a prompt of its own length around each of ${documents} documents (about ${tokens} tokens of them)`;
    lines.push(`Scenarios ${scenarios}, to be written by ${model}: ${prompts}.`);
  }
  if (expansions.length > 0)
    lines.push("Query sets that models have yet to expand:", await renderExpansions(expansions));
  return lines.join("\n");
}

function datasetRow({ dataset, documents, documentTokens, queries }: DatasetOutline): readonly string[] {
  return [
    dataset,
    ...[documents, documentTokens, queries].map((figure) => (figure === null ? "-" : countText(figure))),
  ];
}

/** A sum of what is known; `+` where something is not. */
function sum(datasets: readonly DatasetOutline[], figure: Exclude<keyof DatasetOutline, "dataset">): string {
  const known = datasets.flatMap((one) => one[figure] ?? []);
  const total = countText(known.reduce((all, value) => all + value, 0));
  return known.length < datasets.length ? `${total}+` : total;
}
