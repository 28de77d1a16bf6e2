import type { CellResult, ExperimentResult } from "../domain/result.ts";

/** What a row is about: the axes that its cells share. */
export type RowKey = {
  readonly retriever: string;
  readonly queries: string;
  /** Scenarios and fusion are absent where the matrix has a base cell only. */
  readonly scenarios: string | undefined;
  readonly fusion: string | undefined;
};

/** The cells of a row: the same for every measure. */
type RowCells = {
  readonly dataset: string;
  readonly base: CellResult | undefined;
  readonly spike: readonly CellResult[];
};

/** The rows of one system over the datasets: read together, and averaged together. */
export type RowGroup = RowKey & { readonly rows: readonly RowCells[] };

/** The cells of a result as rows, in the order of the matrix; datasets in the order of the result. */
export function groupCells({ cells, datasets }: ExperimentResult): readonly RowGroup[] {
  const order = datasets.map(({ id }) => id);
  const known = [...new Set([...order, ...cells.map((cell) => cell.dataset)])];
  return groupBy(cells, retrieverKey).flatMap((ofRetriever) => {
    const bases = new Map(ofRetriever.filter(isBase).map((cell) => [cell.dataset, cell]));
    const spike = ofRetriever.filter((cell) => !isBase(cell));
    const compared = new Set(spike.map((cell) => cell.dataset));
    const baseOnly = [...bases.values()].filter((cell) => !compared.has(cell.dataset));
    return groupBy([...spike, ...baseOnly], systemKey).map((own) => rowGroup(own, bases, known));
  });
}

/** An axis of the matrix beside retriever, dataset and alpha. */
export type Axis = "queries" | "scenarios" | "fusion";

/** Axes with several values need a column; one with a single value is said once. */
export type RowAxes = {
  readonly varying: readonly Axis[];
  readonly fixed: readonly { readonly axis: Axis; readonly value: string }[];
};

const AXES: readonly Axis[] = ["queries", "scenarios", "fusion"];

/** Which axes the groups differ in; a base cell's absent scenarios and fusion are no value. */
export function axesOf(groups: readonly RowGroup[]): RowAxes {
  const values = AXES.map((axis) => ({ axis, distinct: new Set(groups.flatMap((group) => group[axis] ?? [])) }));
  return {
    varying: values.filter(({ distinct }) => distinct.size > 1).map(({ axis }) => axis),
    fixed: values.flatMap(({ axis, distinct }) =>
      distinct.size === 1 ? [...distinct].map((value) => ({ axis, value })) : [],
    ),
  };
}

/** A row's system in words: the retriever, and of the other axes those that vary. */
export function rowName(
  key: { readonly retriever: string } & { readonly [axis in Axis]: string | null | undefined },
  varying: readonly Axis[],
): string {
  const parts = varying.flatMap((axis) => (key[axis] == null ? [] : [`${axis} \`${key[axis]}\``]));
  return parts.length === 0 ? `\`${key.retriever}\`` : `\`${key.retriever}\` (${parts.join(", ")})`;
}

/** Whether a mean over the datasets makes sense: there are several, and the group has every one. */
export function hasMacroMean(group: RowGroup, datasets: number): boolean {
  return datasets > 1 && group.rows.length === datasets;
}

/** A base cell is a retriever alone. */
export function isBase(cell: CellResult): boolean {
  return cell.alpha === null;
}

function retrieverKey({ retriever, queries }: CellResult): string {
  return JSON.stringify([retriever, queries]);
}

function systemKey({ scenarios, fusion }: CellResult): string {
  return JSON.stringify([scenarios, fusion]);
}

function rowGroup(
  cells: readonly CellResult[],
  bases: ReadonlyMap<string, CellResult>,
  order: readonly string[],
): RowGroup {
  const [first] = cells;
  return {
    retriever: first?.retriever ?? "",
    queries: first?.queries ?? "",
    scenarios: first?.scenarios ?? undefined,
    fusion: first?.fusion ?? undefined,
    rows: order
      .map((dataset) => ({ dataset, own: cells.filter((cell) => cell.dataset === dataset) }))
      .filter(({ own }) => own.length > 0)
      .map(({ dataset, own }) => ({
        dataset,
        base: bases.get(dataset),
        spike: own.filter((cell) => !isBase(cell)).sort((a, b) => (a.alpha ?? 0) - (b.alpha ?? 0)),
      })),
  };
}

/** Items of equal key together, groups in order of their first item. Map.groupBy would do; Node 20 lacks it. */
export function groupBy<T>(items: readonly T[], key: (item: T) => string): readonly (readonly T[])[] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group === undefined) groups.set(key(item), [item]);
    else group.push(item);
  }
  return [...groups.values()];
}
