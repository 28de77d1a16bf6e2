import type { GroupForecast, PlanForecast } from "../domain/forecast.ts";
import { plural } from "./figure-text.ts";
import { encodersText, encodingText } from "./forecast-encoding.ts";
import { renderExpansions, renderGenerations } from "./generation.ts";
import { renderTable } from "./terminal-table.ts";

/** What a run would do, for a terminal. */
export async function renderForecast({
  name,
  cells,
  encoders,
  groups,
  total,
  generations,
  expansions,
}: PlanForecast): Promise<string> {
  const count = (forecast: string) => cells.filter((cell) => cell.forecast === forecast).length;
  const parts = [
    `${name}: ${plural(cells.length, "cell")}, ${count("hit")} hit, ${count("partial")} partial, ${count("run")} to run`,
    await renderTable(
      ["dataset", "system", "cell", "why"],
      cells.map(({ dataset, system, forecast, why }) => [dataset, system, forecast, why]),
    ),
  ];
  if (encoders.length > 0) parts.push(await encodersText(encoders));
  if (groups.length > 0) {
    parts.push(
      "Work, by retriever and dataset:",
      await renderTable(
        ["dataset", "retriever", "queries", "texts", "vectors", "memory", "new on disk"],
        groups.map(groupRow),
        { align: ["left", "left", "left", "right", "right", "right", "right"] },
      ),
    );
  }
  if (total !== null) parts.push(await encodingText({ encoders, groups, total }));
  if (generations.length > 0) {
    parts.push(
      "Scenarios that models have yet to write (`spikebench run --generate`); they are in no figure above:",
      await renderGenerations(generations),
    );
  }
  if (expansions.length > 0) {
    parts.push(
      "Texts that models have yet to write to expand queries (`spikebench expand`); they are in no figure above:",
      await renderExpansions(expansions),
    );
  }
  return parts.join("\n");
}

function groupRow({ dataset, retriever, queries, texts, vectors, ...bytes }: GroupForecast): readonly string[] {
  return [
    ...[dataset, retriever, queries.join(", ")],
    ...[texts, vectors].map(String),
    ...[bytes.memoryBytes, bytes.diskBytes].map(formatBytes),
  ];
}

/** `312 B`, `4.1 KiB`, `41.0 MiB`, `1.2 GiB`. */
export function formatBytes(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  const power = Math.min(units.length - 1, bytes < 1 ? 0 : Math.floor(Math.log2(bytes) / 10));
  return power === 0 ? `${bytes} B` : `${(bytes / 1024 ** power).toFixed(1)} ${units[power]}`;
}
