import { didYouMean } from "../component.ts";
import type { CellAxes } from "../domain/cell-axes.ts";
import { ORIGINAL_QRELS } from "../domain/policy.ts";
import type { DatasetGroup } from "../domain/result.ts";
import type { ComparisonDeclaration } from "../domain/spike-comparison.ts";
import { HarnessError } from "../errors.ts";
import { parseMeasures } from "../evaluate/parse-measure.ts";
import type { MeasureRequest } from "../evaluate/types.ts";
import type { Experiment } from "../spec/parse-experiment.ts";
import { cellId, systemName } from "./cell-id.ts";
import { expandMatrix } from "./expand-matrix.ts";
import type { DataPlan, ExperimentPlan, PlannedCell, PlannedRetriever } from "./plan-types.ts";
import { resolveFusions, resolveQuerySets, resolveRetrievers, resolveScenarioSets } from "./resolve-names.ts";

/**
 * Turns a run file into cells and checks every name and option in it, without reading data.
 *
 * @param groups datasets that belong together, inner groups first; the matrix names their datasets already
 * @throws {HarnessError} `SPEC_INVALID`, `UNKNOWN_COMPONENT`, `MEASURE_INVALID`, with line and column
 */
export function planExperiment(experiment: Experiment, groups: readonly DatasetGroup[] = []): ExperimentPlan {
  const { spec } = experiment;
  checkRepeats(experiment);
  const axes = expandMatrix(experiment);
  if (axes.length === 0) {
    throw new HarnessError("SPEC_INVALID", "the matrix has no cells left: everything is excluded.", {
      where: experiment.where(["matrix", "exclude"], "key"),
    });
  }
  const retrievers = resolveRetrievers(experiment, axes);
  return {
    name: spec.name,
    description: spec.description,
    measures: planMeasures(experiment),
    hits: spec.hits,
    ids: spec.ids,
    declaredAlpha: declaredAlpha(experiment, axes),
    comparison: planComparison(experiment, axes),
    retrievers,
    scenarioSets: resolveScenarioSets(experiment, axes),
    querySets: resolveQuerySets(experiment),
    fusions: resolveFusions(experiment, axes),
    data: planData(experiment),
    groups,
    cells: withMembers(axes, retrievers),
    notes: planNotes(experiment),
  };
}

/** Cells of a merged retriever need the same cells of its members, whether the matrix names them or not. */
function withMembers(
  cells: readonly CellAxes[],
  retrievers: ReadonlyMap<string, PlannedRetriever>,
): readonly PlannedCell[] {
  const planned = new Map(cells.map((axes) => [cellId(axes), planCell(axes, true)]));
  for (const axes of cells) {
    const retriever = retrievers.get(axes.retriever);
    if (retriever === undefined || retriever.scores) continue;
    for (const member of retriever.members) {
      const cell = planCell({ ...axes, retriever: member }, false);
      if (!planned.has(cell.id)) planned.set(cell.id, cell);
    }
  }
  return [...planned.values()];
}

/** Bytes that most file systems give a name, less those of a name that a file has until it is finished. */
const LONGEST_NAME = 200;

function planCell(axes: CellAxes, listed: boolean): PlannedCell {
  const [id, system] = [cellId(axes), systemName(axes)];
  if (id.length > LONGEST_NAME) {
    throw new HarnessError(
      "SPEC_INVALID",
      `expected a cell whose folder has a name of at most ${LONGEST_NAME} bytes, got ${id.length}: ${system} on ${axes.dataset}.`,
      { hint: "Give its retriever, queries, scenarios or fusion a shorter name." },
    );
  }
  return { axes, id, system, listed };
}

function planMeasures({ spec, where }: Experiment): readonly MeasureRequest[] {
  const seen = new Set<string>();
  return spec.measures.map((text, index) => {
    const place = where(["measures", index]);
    const [measure, second] = parseMeasures(text, { where: place });
    if (measure === undefined || second !== undefined) {
      throw new HarnessError("MEASURE_INVALID", `expected one measure, got \`${text}\`.`, { where: place });
    }
    if (seen.has(measure.text)) {
      throw new HarnessError("MEASURE_INVALID", `expected each measure once, got \`${measure.text}\` twice.`, {
        where: place,
      });
    }
    seen.add(measure.text);
    const { cutoff } = measure.params;
    if (cutoff !== undefined && cutoff > spec.hits) {
      throw new HarnessError("MEASURE_INVALID", `\`${text}\` needs ${cutoff} hits a query; \`hits\` is ${spec.hits}.`, {
        // measures by default have no place of their own
        where: place.endsWith(":1:1") ? where(["hits"]) : place,
      });
    }
    return measure;
  });
}

function declaredAlpha({ spec, where }: Experiment, cells: readonly CellAxes[]): number | undefined {
  const { alpha } = spec.comparison;
  if (typeof alpha !== "number") return undefined;
  const swept = [...new Set(cells.flatMap((cell) => (cell.alpha === null ? [] : [cell.alpha])))];
  if (swept.length > 0 && !swept.includes(alpha)) {
    const expected = `one of the matrix's alphas (${swept.join(", ")})`;
    throw new HarnessError("SPEC_INVALID", `\`comparison.alpha\`: expected ${expected}, got ${alpha}.`, {
      where: where(["comparison", "alpha"]),
    });
  }
  return alpha;
}

function planComparison({ spec, where }: Experiment, cells: readonly CellAxes[]): ComparisonDeclaration {
  const datasets = new Set(cells.map(({ dataset }) => dataset)).size;
  if (spec.comparison.crossFit === "datasets" && datasets < 2) {
    throw new HarnessError("SPEC_INVALID", "cross-fitting over datasets: expected two datasets or more, got one.", {
      where: where(["comparison", "crossFit"]),
    });
  }
  return spec.comparison;
}

function planData({ spec, where }: Experiment): DataPlan {
  const { qrels: name = ORIGINAL_QRELS } = spec.policy;
  const known = Object.keys(spec.qrels);
  if (name !== ORIGINAL_QRELS && !known.includes(name)) {
    throw new HarnessError("SPEC_INVALID", `\`policy.qrels\`: \`${name}\` is not declared in \`qrels\`.`, {
      where: where(["policy", "qrels"]),
      hint: didYouMean(name, [...known, ORIGINAL_QRELS]),
    });
  }
  const policy = Object.fromEntries(Object.entries(spec.policy).filter(([, rule]) => rule !== undefined));
  return { policy, qrelsPath: spec.qrels[name]?.path, limit: spec.limit };
}

function checkRepeats({ spec, where }: Experiment): void {
  for (const axis of ["retriever", "dataset", "queries", "scenarios", "fusion"] as const) {
    const names = spec.matrix[axis] ?? [];
    const repeat = names.findIndex((name, index) => names.indexOf(name) !== index);
    if (repeat === -1) continue;
    throw new HarnessError(
      "SPEC_INVALID",
      `\`matrix.${axis}\`: expected each name once, got \`${names[repeat]}\` twice.`,
      {
        where: where(["matrix", axis, repeat]),
      },
    );
  }
}

function planNotes({ spec: { matrix } }: Experiment): readonly string[] {
  return matrix.scenarios === undefined && matrix.alpha !== undefined
    ? ["The matrix has an alpha axis but no scenarios, so there are base cells only."]
    : [];
}
