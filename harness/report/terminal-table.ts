import { visibleText } from "./figure-text.ts";

/** `align` has one entry a column; columns without one are left-aligned. */
export type TableOptions = { readonly align?: readonly ("left" | "right")[] };

/**
 * A table with thin borders and no colour codes, without a line end after the last line. A cell may hold line breaks;
 * nothing else in it can steer a terminal.
 */
export async function renderTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  { align = [] }: TableOptions = {},
): Promise<string> {
  // imported when a table is drawn: most commands draw none
  const { default: Table } = await import("cli-table3");
  const table = new Table({
    head: head.map(cellText),
    colAligns: [...align],
    style: { head: [], border: [], compact: true },
  });
  table.push(...rows.map((row) => row.map(cellText)));
  return table.toString();
}

function cellText(text: string): string {
  return text.split("\n").map(visibleText).join("\n");
}
