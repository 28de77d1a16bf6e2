import type { ReproducedFigure, Reproduction, ReproductionVerdict } from "../domain/reproduction.ts";
import { oneLine, plural } from "./figure-text.ts";
import { renderTable } from "./terminal-table.ts";
import { NOTHING } from "./text-table.ts";

/** Published figures beside obtained ones, for a terminal. */
export async function renderReproduction(reproduction: Reproduction): Promise<string> {
  const { pack, title, source, digits, okish, figures, absent, notes } = reproduction;
  const table = await renderTable(
    ["retriever", "dataset", "measure", "published", "obtained", "difference", ""],
    figures.map((figure) => rowOf(figure, digits)),
    { align: ["left", "left", "left", "right", "right", "right", "left"] },
  );
  const reasons = figures.flatMap(({ retriever, dataset, measure, verdict, field }) =>
    field === null ? [] : [`- ${retriever} on ${dataset}, ${measure}: ${verdict}: ${oneLine(field)}`],
  );
  const count = (of: ReproductionVerdict) => figures.filter(({ verdict }) => verdict === of).length;
  return `${[
    `${pack}: ${title}`,
    `Source: ${source}`,
    table,
    ...reasons,
    `${count("OK")} OK (equal to ${digits} decimals), ${count("OKish")} OKish (within ${okish}), ${count("FAIL")} FAIL, ${count("NOT-COMPARABLE")} NOT-COMPARABLE.`,
    ...(absent === 0 ? [] : [`${plural(absent, "figure")} of the pack not in the result.`]),
    ...notes,
  ].join("\n")}\n`;
}

function rowOf(figure: ReproducedFigure, digits: number): readonly string[] {
  const { retriever, dataset, measure, published, obtained, verdict } = figure;
  const values =
    obtained === null
      ? [NOTHING, NOTHING]
      : [obtained.toFixed(digits), signed((obtained - published).toFixed(digits + 1))];
  return [oneLine(retriever), oneLine(dataset), measure, published.toFixed(digits), ...values, verdict];
}

function signed(text: string): string {
  return /^-?0\.0*$/.test(text) ? text.replace("-", "") : text.startsWith("-") ? text : `+${text}`;
}
