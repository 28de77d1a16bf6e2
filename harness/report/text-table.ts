import type { SweepPoint } from "./comparison-rows.ts";

/** Text of one cell, not escaped for any format. */
export type TableCell = { readonly text: string; readonly mark?: SweepPoint["mark"] };

/** A table before it has a form: `align` has one entry a column; a head may have line breaks. */
export type TextTable = {
  readonly head: readonly string[];
  readonly rows: readonly (readonly TableCell[])[];
  readonly align: readonly ("left" | "right")[];
};

export type Column<Row> = {
  readonly head: string;
  readonly align: "left" | "right";
  readonly cell: (row: Row) => TableCell;
};

/** What stands where a table has no value. */
export const NOTHING = "–";

export function left<Row>(head: string, text: (row: Row) => string): Column<Row> {
  return { head, align: "left", cell: (row) => ({ text: text(row) }) };
}

export function right<Row>(head: string, text: (row: Row) => string): Column<Row> {
  return rightCell(head, (row) => ({ text: text(row) }));
}

export function rightCell<Row>(head: string, cell: (row: Row) => TableCell): Column<Row> {
  return { head, align: "right", cell };
}

export function table<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): TextTable {
  return {
    head: columns.map(({ head }) => head),
    rows: rows.map((row) => columns.map(({ cell }) => cell(row))),
    align: columns.map(({ align }) => align),
  };
}
