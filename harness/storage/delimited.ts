import { HarnessError } from "../errors.ts";
import { readLineBatches } from "./text-lines.ts";

/** One record of a delimited file by the names of its header, and the line it begins on, counted from 1. */
export type DelimitedRow = { readonly line: number; readonly value: Readonly<Record<string, string>> };

type Fields = { readonly line: number; readonly fields: readonly string[] };

/**
 * Streams the records of a file with a header line, plain or gzip. With a comma, fields may be quoted as RFC 4180 says
 * (quotes doubled, line ends inside); with a tab nothing is quoted, as in BEIR's files. Blank lines are passed over.
 *
 * @throws {HarnessError} `DATA_INVALID` for a record that has not the header's number of fields, or a quote without end;
 *   and as `readLineBatches`
 */
export async function* readDelimited(path: string, separator: "," | "\t"): AsyncGenerator<readonly DelimitedRow[]> {
  let header: readonly string[] | undefined;
  for await (const batch of separator === "\t" ? readTabbed(path) : readQuoted(path)) {
    const rows: DelimitedRow[] = [];
    for (const { line, fields } of batch) {
      if (header === undefined) header = fields.map((name) => name.trim());
      else rows.push({ line, value: record(header, fields, `${path}:${line}`) });
    }
    yield rows;
  }
}

function record(header: readonly string[], fields: readonly string[], where: string): Readonly<Record<string, string>> {
  if (fields.length !== header.length) {
    throw new HarnessError("DATA_INVALID", `expected ${header.length} fields, got ${fields.length}.`, {
      where,
      hint: `The header is ${header.join(", ")}.`,
    });
  }
  return Object.fromEntries(header.map((name, index) => [name, fields[index] ?? ""]));
}

async function* readTabbed(path: string): AsyncGenerator<readonly Fields[]> {
  for await (const { first, lines } of readLineBatches(path)) {
    yield lines.flatMap((text, index) =>
      text.trim() === "" ? [] : [{ line: first + index, fields: text.split("\t") }],
    );
  }
}

async function* readQuoted(path: string): AsyncGenerator<readonly Fields[]> {
  let begun: { readonly line: number; readonly lines: string[] } | undefined;
  for await (const { first, lines } of readLineBatches(path)) {
    const batch: Fields[] = [];
    for (const [index, text] of lines.entries()) {
      if (begun === undefined && text.trim() === "") continue;
      const isOdd = text.split('"').length % 2 === 0;
      const { line, lines: parts }: NonNullable<typeof begun> = begun ?? { line: first + index, lines: [] };
      parts.push(text);
      // an odd number of quotes opens a field or closes the open one
      begun = (begun === undefined) === isOdd ? { line, lines: parts } : undefined;
      if (begun === undefined) batch.push({ line, fields: splitQuoted(parts.join("\n"), `${path}:${line}`) });
    }
    yield batch;
  }
  if (begun !== undefined) {
    throw new HarnessError("DATA_INVALID", "expected the end of a quoted field, found the end of the file.", {
      where: `${path}:${begun.line}`,
    });
  }
}

function splitQuoted(text: string, where: string): readonly string[] {
  const fields: string[] = [];
  const field = /(?:"([^"]*(?:""[^"]*)*)"|([^",]*))(,|$)/y;
  for (;;) {
    const match = field.exec(text);
    if (match === null) {
      throw new HarnessError("DATA_INVALID", "expected quotes around a whole field, found one inside.", { where });
    }
    const [, quoted, bare = "", end] = match;
    fields.push(quoted === undefined ? bare : quoted.replaceAll('""', '"'));
    if (end === "") return fields;
  }
}
