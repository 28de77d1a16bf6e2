/** A CSV cell: text, or a number in full precision. Absent values are empty. */
export type CsvValue = string | number | undefined;

/**
 * One cell after RFC 4180. A text that a spreadsheet would run as a formula (it begins with `=`, `+`, `-`, `@`, a tab or
 * a carriage return) gets a leading apostrophe; numbers never do.
 *
 * Source: OWASP, CSV injection.
 */
export function csvCell(value: CsvValue): string {
  if (typeof value !== "string") return value === undefined ? "" : String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** One record with its CRLF. */
export function csvLine(cells: readonly CsvValue[]): string {
  return `${cells.map(csvCell).join(",")}\r\n`;
}
