/** A line of a file, counted from 1. */
export type LinePlace = { readonly path: string; readonly line: number };

/** A line of a TREC file and where it stands. */
export type FieldLine = LinePlace & { readonly fields: readonly string[] };

const TAB = 9;
const SPACE = 32;

/**
 * Fields of a line parted by runs of spaces and tabs; those at its ends do not count. Other white space, such as a
 * no-break space, belongs to the field, as for trec_eval.
 */
export function splitFields(line: string): readonly string[] {
  const fields: string[] = [];
  let start = -1;
  // hand-written: a regular expression takes twice as long, and a run has a million lines
  for (let index = 0; index < line.length; index++) {
    const unit = line.charCodeAt(index);
    const blank = unit === SPACE || unit === TAB;
    if (blank && start !== -1) {
      fields.push(line.slice(start, index));
      start = -1;
    } else if (!blank && start === -1) {
      start = index;
    }
  }
  if (start !== -1) fields.push(line.slice(start));
  return fields;
}

/** Whether a line holds no data: it is blank, or a `#` begins it, which trec_eval 10 reads as a comment. */
export function holdsNoData(fields: readonly string[]): boolean {
  return fields[0]?.startsWith("#") ?? true;
}

/** What an error on the line points at. */
export function placeOf({ path, line }: LinePlace): string {
  return `${path}:${line}`;
}
