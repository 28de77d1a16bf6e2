/** `align` has one entry a column; columns without one stand left. */
export type TableOptions = { readonly align?: readonly ("left" | "right" | "center")[] };

/** A table in plain lines, without colour, ready to print; no line end after the last line. */
export async function renderTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  { align = [] }: TableOptions = {},
): Promise<string> {
  // loaded when a table is drawn: most commands draw none
  const { default: Table } = await import("cli-table3");
  const table = new Table({ head: [...head], colAligns: [...align], style: { head: [], border: [] } });
  table.push(...rows.map((row) => [...row]));
  return table.toString();
}
