/** A CSV cell: text, or a number at full precision. An absent value is an empty cell. */
export type CsvValue = string | number | undefined;

/** Values of one cell of the matrix. `perQuery` goes from query id to measure to value; a failed cell has no values. */
export type CsvCell = {
  readonly system: string;
  readonly dataset: string;
  readonly perQuery: ReadonlyMap<string, Readonly<Record<string, number>>>;
  /** Means by measure. */
  readonly values: Readonly<Record<string, number>>;
};

/**
 * One record with its CRLF. A text that a spreadsheet could run as a formula gets a leading apostrophe: it begins with `=`,
 * `+`, `-`, `@`, their full-width forms, a tab, a line end or NUL. Numbers never do.
 *
 * Source: RFC 4180; OWASP, CSV injection; OWASP ASVS 5.0, 1.2.10.
 */
export function csvLine(cells: readonly CsvValue[]): string {
  return `${cells.map(fieldText).join(",")}\r\n`;
}

/**
 * The records of `report.csv` in long form, header first: of every cell one record a query and measure, then its means
 * as query `all`. A value that does not exist is an empty field, so a failed cell shows as `all` without values.
 *
 * @param cells read one at a time: memory holds one cell's values
 * @param measures in the order the experiment declares them
 */
export async function* csvLines(
  cells: AsyncIterable<CsvCell>,
  measures: readonly string[],
): AsyncGenerator<string, void, undefined> {
  yield csvLine(["run", "dataset", "query", "measure", "value"]);
  for await (const { system, dataset, perQuery, values } of cells) {
    for (const [query, ofQuery] of perQuery) {
      for (const measure of measures) yield csvLine([system, dataset, query, measure, ofQuery[measure]]);
    }
    for (const measure of measures) yield csvLine([system, dataset, "all", measure, values[measure]]);
  }
}

const FORMULA = /^[=+\-@\uFF1D\uFF0B\uFF0D\uFF20\t\r\n\0]/;

function fieldText(value: CsvValue): string {
  if (typeof value !== "string") return value === undefined ? "" : String(value);
  const text = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
