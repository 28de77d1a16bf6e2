/** An id that occurs again, with the rows of both. */
export type Again = { readonly id: string; readonly row: number; readonly first: number };

/** Which row of a file belongs to which id of the data. */
export type RowTable = {
  /** Rows are told in their order. */
  add(id: string, row: number): void;
  rowOf(id: string): number | undefined;
  /** Ids of the data that no row had. */
  missing(): readonly string[];
  readonly again: readonly Again[];
  /** Documents that have more rows than scenarios, each row once; only where rows go by document. */
  readonly surplus: readonly string[];
  /** How many rows had ids that the data does not have. */
  foreign(): number;
};

const NO_ROW = -1;

/**
 * @param expected the ids of the data
 * @param isByDocument true where rows are called by their document and its n-th row is scenario `<doc id>#<n>`
 */
export function openRowTable(expected: readonly string[], isByDocument: boolean): RowTable {
  const rows = new Map<string, number>(expected.map((id) => [id, NO_ROW]));
  const again: Again[] = [];
  const surplus: string[] = [];
  const nameOf = isByDocument ? scenarioNames() : (id: string) => id;
  let foreign = 0;
  return {
    again,
    surplus,
    foreign: () => foreign,
    rowOf(id) {
      const row = rows.get(id);
      return row === NO_ROW ? undefined : row;
    },
    missing: () => Array.from(rows).flatMap(([id, row]) => (row === NO_ROW ? [id] : [])),
    add(id, row) {
      const name = nameOf(id);
      const first = rows.get(name);
      if (first === NO_ROW) rows.set(name, row);
      else if (first !== undefined) again.push({ id, row, first });
      else if (isByDocument && rows.has(`${id}#0`)) surplus.push(id);
      else foreign += 1;
    },
  };
}

/** Calls the rows of a document by their number. */
function scenarioNames(): (id: string) => string {
  const next = new Map<string, number>();
  return (id) => {
    const number = next.get(id) ?? 0;
    next.set(id, number + 1);
    return `${id}#${number}`;
  };
}
