import { didYouMean } from "../component.ts";
import type { CellAxes } from "../domain/cell-axes.ts";
import { HarnessError } from "../errors.ts";
import { expandAlphaGrid } from "../spec/alpha-grid.ts";
import type { SelectionSpec } from "../spec/experiment-spec.ts";
import type { Experiment } from "../spec/parse-experiment.ts";
import type { YamlPath } from "../storage/yaml-source.ts";
import { DEFAULT_FUSION, ORIGINAL_QUERIES } from "./plan-types.ts";

const NAME_AXES = ["retriever", "dataset", "queries", "scenarios", "fusion"] as const;
type NameAxis = (typeof NAME_AXES)[number];

/** A cell belongs to a pair of what is searched for and where; `spike` is absent in its base cell. */
type Axes = { readonly [axis in NameAxis]: readonly string[] } & { readonly alpha: readonly number[] };

/**
 * All cells of the matrix: one base cell for every retriever x dataset x queries, and a SPIKE cell for every scenario
 * set x fusion x alpha on top, less `exclude`, plus `include`. No cell comes twice; the order is that of the file.
 *
 * @throws {HarnessError} `SPEC_INVALID` when `include` or `exclude` names what no axis has
 */
export function expandMatrix(experiment: Experiment): readonly CellAxes[] {
  const { matrix } = experiment.spec;
  const axes = readAxes(experiment);
  const excludes = (matrix.exclude ?? []).map((selection, index) => {
    checkSelection(experiment, axes, { selection, path: ["matrix", "exclude", index] });
    return matcher(selection);
  });
  const kept = cross(axes).filter((cell) => !excludes.some((matches) => matches(cell)));
  const added = (matrix.include ?? []).flatMap((selection, index) =>
    cross(includedAxes(experiment, axes, { selection, path: ["matrix", "include", index] })),
  );
  const cells = [...kept, ...added];
  const withBase = cells.flatMap((cell) => [baseOf(cell), cell]);
  const distinct = new Map(withBase.map((cell) => [JSON.stringify(Object.values(cell)), cell]));
  return [...distinct.values()].sort(byBlock(axes, [...distinct.values()]));
}

/** The base cell of a SPIKE cell, and of itself. */
function baseOf({ retriever, dataset, queries }: CellAxes): CellAxes {
  return { retriever, dataset, queries, scenarios: null, fusion: null, alpha: null };
}

function readAxes({ spec, where }: Experiment): Axes {
  const { matrix, comparison } = spec;
  const scenarios = matrix.scenarios ?? [];
  const declared = typeof comparison?.alpha === "number" ? [comparison.alpha] : [];
  const alpha = matrix.alpha === undefined ? declared : expandAlphaGrid(matrix.alpha);
  if (scenarios.length > 0 && alpha.length === 0) {
    throw new HarnessError("SPEC_INVALID", "`matrix.scenarios`: expected an axis `alpha` beside it, found none.", {
      where: where(["matrix", "scenarios"], "key"),
      hint: "Add `alpha: {from: 0, to: 1, step: 0.1}` to the matrix.",
    });
  }
  return {
    retriever: matrix.retriever,
    dataset: matrix.dataset,
    queries: matrix.queries ?? [ORIGINAL_QUERIES],
    scenarios,
    fusion: matrix.fusion ?? [DEFAULT_FUSION],
    alpha,
  };
}

function cross(axes: Axes): CellAxes[] {
  return axes.dataset.flatMap((dataset) =>
    axes.retriever.flatMap((retriever) =>
      axes.queries.flatMap((queries) => {
        const base = baseOf({ retriever, dataset, queries, scenarios: null, fusion: null, alpha: null });
        const spike = axes.scenarios.flatMap((scenarios) =>
          axes.fusion.flatMap((fusion) => axes.alpha.map((alpha) => ({ ...base, scenarios, fusion, alpha }))),
        );
        return [base, ...spike];
      }),
    ),
  );
}

/** Base cells before SPIKE cells, blocks of one dataset and retriever together, in the order of first mention. */
function byBlock(axes: Axes, cells: readonly CellAxes[]): (a: CellAxes, b: CellAxes) => number {
  const place = new Map<string, number>();
  const block = ({ dataset, retriever, queries }: CellAxes) => JSON.stringify([dataset, retriever, queries]);
  const known = (names: readonly string[], name: string) => (names.includes(name) ? names.indexOf(name) : names.length);
  const ordered = [...cells].sort((a, b) => known(axes.dataset, a.dataset) - known(axes.dataset, b.dataset));
  for (const cell of ordered) if (!place.has(block(cell))) place.set(block(cell), place.size);
  return (a, b) =>
    (place.get(block(a)) ?? 0) - (place.get(block(b)) ?? 0) || Number(a.alpha !== null) - Number(b.alpha !== null);
}

type Located = { readonly selection: SelectionSpec; readonly path: YamlPath };

/** A base cell is left out only by a selection that names nothing beyond it. */
function matcher(selection: SelectionSpec): (cell: CellAxes) => boolean {
  const names = NAME_AXES.flatMap((axis) => {
    const wanted = selection[axis];
    return wanted === undefined ? [] : [{ axis, wanted: [wanted].flat() }];
  });
  const alphas = selection.alpha === undefined ? undefined : selectedAlphas(selection.alpha);
  return (cell) =>
    names.every(({ axis, wanted }) => wanted.some((name) => name === cell[axis])) &&
    (alphas === undefined || (cell.alpha !== null && alphas.includes(cell.alpha)));
}

function selectedAlphas(alpha: NonNullable<SelectionSpec["alpha"]>): readonly number[] {
  return typeof alpha === "number" ? [alpha] : expandAlphaGrid(alpha);
}

function checkSelection({ where }: Experiment, axes: Axes, { selection, path }: Located): void {
  for (const axis of NAME_AXES) {
    const unknown = [selection[axis] ?? []].flat().find((name) => !axes[axis].includes(name));
    if (unknown === undefined) continue;
    throw new HarnessError(
      "SPEC_INVALID",
      `\`${path.join(".")}\`: expected a ${axis} of the matrix (${axes[axis].join(", ") || "it has none"}), got \`${unknown}\`.`,
      { where: where([...path, axis]), hint: didYouMean(unknown, axes[axis]) },
    );
  }
  const stray = [selection.alpha === undefined ? [] : selectedAlphas(selection.alpha)]
    .flat()
    .find((alpha) => !axes.alpha.includes(alpha));
  if (stray !== undefined) {
    throw new HarnessError(
      "SPEC_INVALID",
      `\`${path.join(".")}\`: expected an alpha of the matrix (${axes.alpha.join(", ") || "it has none"}), got ${stray}.`,
      { where: where([...path, "alpha"]) },
    );
  }
  if (Object.keys(selection).length > 0) return;
  throw new HarnessError("SPEC_INVALID", `\`${path.join(".")}\`: expected at least one axis, found none.`, {
    where: where(path),
  });
}

function includedAxes({ where }: Experiment, axes: Axes, { selection, path }: Located): Axes {
  const { retriever, dataset, queries, scenarios, fusion, alpha } = selection;
  if (retriever === undefined || dataset === undefined) {
    throw new HarnessError("SPEC_INVALID", `\`${path.join(".")}\`: expected \`retriever\` and \`dataset\`.`, {
      where: where(path),
    });
  }
  const swept = alpha === undefined ? axes.alpha : selectedAlphas(alpha);
  const alone = scenarios === undefined ? alpha !== undefined : swept.length === 0;
  if (alone) {
    throw new HarnessError("SPEC_INVALID", `\`${path.join(".")}\`: expected \`scenarios\` and \`alpha\` together.`, {
      where: where(path),
      hint: scenarios === undefined ? "Without scenarios alpha has no effect." : "The matrix has no axis `alpha`.",
    });
  }
  return {
    retriever: [retriever].flat(),
    dataset: [dataset].flat(),
    queries: queries === undefined ? [ORIGINAL_QUERIES] : [queries].flat(),
    scenarios: scenarios === undefined ? [] : [scenarios].flat(),
    fusion: fusion === undefined ? axes.fusion : [fusion].flat(),
    alpha: swept,
  };
}
