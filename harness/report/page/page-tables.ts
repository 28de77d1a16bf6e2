import type { ComparisonRow } from "../comparison-rows.ts";
import { valueText } from "../figure-text.ts";
import type { MeasureSection, ReportModel } from "../report-model.ts";
import { figureText, nameColumns } from "../report-tables.ts";
import { alphasText, headlineColumns } from "../significance-tables.ts";
import { type Column, NOTHING, right, type TableCell, type TextTable, table } from "../text-table.ts";
import { type Html, html, lines } from "./html.ts";

/** The answer on one line a system: base, SPIKE at every kind of alpha, and what is claimed of the difference. */
export function answerTable(model: ReportModel, { rows }: MeasureSection): TextTable {
  const names = nameColumns(model, true);
  const { base, difference, covered } = headlineColumns(model, rows);
  if (rows.every(({ sweep }) => sweep.length === 0)) return table(rows, [...names, base]);
  const fixed: Column<ComparisonRow>[] =
    model.declaredAlpha === undefined
      ? []
      : [right(`fixed\n${model.declaredAlpha}`, (row) => figureText(row.declared))];
  return table(rows, [
    ...names,
    base,
    ...fixed,
    right("cross-\nfitted", (row) => figureText(row.crossFitted.figure)),
    right("its\nalphas", ({ crossFitted: { alphas } }) => alphasText(alphas)),
    right("oracle", ({ oracle }) => (oracle === undefined ? NOTHING : valueText(oracle.value))),
    right("its\nalpha", ({ oracle }) => (oracle === undefined ? NOTHING : String(oracle.alpha))),
    ...(model.claim === undefined ? [] : difference),
    ...covered,
  ]);
}

/** A table that scrolls within itself where the page is narrow. @param label names it for who cannot see it */
export function tableHtml({ head, rows, align }: TextTable, label: string): Html {
  const cell = ({ text, mark }: TableCell, at: number) => {
    const shown = mark === "best" ? html`<strong>${text}</strong>` : mark === "second" ? html`<u>${text}</u>` : text;
    if (at === 0) return html`<th scope="row"><bdi>${shown}</bdi></th>`;
    return html`<td${classOf(align[at])}><bdi>${shown}</bdi></td>`;
  };
  return html`<div class="scroll" role="region" tabindex="0" aria-label="Table: ${label}"><table>
<thead><tr>${head.map((text, at) => html`<th scope="col"${classOf(align[at])}>${lines(text)}</th>`)}</tr></thead>
<tbody>
${rows.map((row) => html`<tr>${row.map(cell)}</tr>\n`)}</tbody>
</table></div>
`;
}

function classOf(side: TextTable["align"][number] | undefined): Html | undefined {
  return side === "right" ? html` class="number"` : undefined;
}
