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
  const bounds: number[] = [];
  const count = findFields(line, bounds);
  return Array.from({ length: count }, (_, field) => line.slice(bounds[2 * field], bounds[2 * field + 1]));
}

/**
 * Where the fields of a line begin and end: those of `splitFields`, without a text made of each.
 *
 * @param bounds takes the first unit of every field and the one after its last, side by side; what it held before is
 *   overwritten, so that a reader of a million lines needs one
 * @returns how many fields there are
 */
export function findFields(line: string, bounds: number[]): number {
  let edges = 0;
  for (let start = 0; start <= line.length; start = (bounds[edges - 1] ?? 0) + 1) {
    const blank = line.indexOf(" ", start);
    const end = blank === -1 ? line.length : blank;
    if (end === start) return scanFields(line, bounds);
    bounds[edges++] = start;
    bounds[edges++] = end;
  }
  return line.includes("\t") ? scanFields(line, bounds) : edges / 2;
}

/** The same for any line, unit by unit: twice the time of the search above, which ends at lines that single spaces part. */
function scanFields(line: string, bounds: number[]): number {
  let edges = 0;
  for (let index = 0; index < line.length; index++) {
    const unit = line.charCodeAt(index);
    const isBlank = unit === SPACE || unit === TAB;
    // an odd number of edges: inside a field
    if (isBlank === (edges % 2 === 1)) bounds[edges++] = index;
  }
  if (edges % 2 === 1) bounds[edges++] = line.length;
  return edges / 2;
}

/** Whether a line holds no data: it is blank, or a `#` begins it, which trec_eval 10 reads as a comment. */
export function holdsNoData(fields: readonly string[]): boolean {
  return fields[0]?.startsWith("#") ?? true;
}

/** What an error on the line points at. */
export function placeOf({ path, line }: LinePlace): string {
  return `${path}:${line}`;
}
