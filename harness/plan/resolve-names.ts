import { checkFragment, didYouMean, type Fragment, type Where } from "../component.ts";
import type { CellAxes } from "../domain/cell-axes.ts";
import { HarnessError } from "../errors.ts";
import { expansions } from "../expand/registry.ts";
import { channelFusers, rankingFusers } from "../fuse/registry.ts";
import { retrievers as scoringRetrievers } from "../retrieve/registry.ts";
import { scenarioSources } from "../scenarios/registry.ts";
import type { QuerySetSpec } from "../spec/experiment-spec.ts";
import type { Experiment } from "../spec/parse-experiment.ts";
import type { YamlPath } from "../storage/yaml-source.ts";
import { DEFAULT_FUSION, ORIGINAL_QUERIES, type PlannedRetriever } from "./plan-types.ts";

/** A name that was used, and where. */
type Use = { readonly name: string; readonly path: YamlPath };

/**
 * Every retriever that the cells name, checked: a named configuration, or a bare kind with its defaults. The members of
 * a merged retriever come along.
 *
 * @throws {HarnessError} `SPEC_INVALID`, `UNKNOWN_COMPONENT`, with line and column
 */
export function resolveRetrievers(
  experiment: Experiment,
  cells: readonly CellAxes[],
): ReadonlyMap<string, PlannedRetriever> {
  const { spec, where } = experiment;
  for (const name of Object.keys(spec.retrievers)) resolveRetriever(experiment, { name, path: ["retrievers", name] });
  const resolved = new Map<string, PlannedRetriever>();
  const names = [...Object.keys(spec.retrievers), ...Object.keys(scoringRetrievers)];
  for (const { name, path } of uses(experiment, cells, "retriever")) {
    const retriever = resolveRetriever(experiment, { name, path });
    resolved.set(name, retriever);
    if (retriever.scores) continue;
    for (const [index, member] of retriever.members.entries()) {
      const memberPath = ["retrievers", name, "of", index];
      const planned = resolveRetriever(experiment, { name: member, path: memberPath });
      if (!planned.scores) {
        throw new HarnessError("SPEC_INVALID", `\`${member}\` merges rankings itself and cannot be merged again.`, {
          where: where(memberPath),
          hint: `Name its members instead. Known: ${names.join(", ")}.`,
        });
      }
      resolved.set(member, planned);
    }
  }
  return resolved;
}

function resolveRetriever({ spec, where }: Experiment, { name, path }: Use): PlannedRetriever {
  if (Object.hasOwn(spec.retrievers, name)) {
    const fragment = spec.retrievers[name] ?? { kind: name };
    return checkRetriever(name, fragment, (inner) => where(["retrievers", name, ...inner], "key"));
  }
  if (Object.hasOwn(scoringRetrievers, name)) {
    return checkRetriever(name, { kind: name }, () => where(path));
  }
  const known = [...Object.keys(spec.retrievers), ...Object.keys(scoringRetrievers)];
  const merges = Object.hasOwn(rankingFusers, name);
  throw new HarnessError("UNKNOWN_COMPONENT", `expected a retriever (${known.join(", ")}), got \`${name}\`.`, {
    where: where(path),
    hint: merges ? `Declare it in \`retrievers\`: {kind: ${name}, of: [bm25, dense]}.` : didYouMean(name, known),
  });
}

/** A configuration as it was declared: one that scores texts, or one that merges the rankings of others. */
function checkRetriever(name: string, fragment: Fragment, where: Exclude<Where, string | undefined>): PlannedRetriever {
  if (!Object.hasOwn(rankingFusers, fragment.kind)) {
    // an unknown kind is told of those that merge, too
    const merging = Object.hasOwn(scoringRetrievers, fragment.kind) ? [] : Object.keys(rankingFusers);
    checkFragment("retriever", scoringRetrievers, fragment, { where, otherKinds: merging });
    return { scores: true, fragment };
  }
  const { of: members, ...fuser } = fragment;
  const names = Array.isArray(members) && members.every((member) => typeof member === "string") ? members : [];
  if (names.length < 2 || new Set(names).size < names.length) {
    throw new HarnessError("SPEC_INVALID", `retriever \`${name}\`: expected \`of\` with two or more different names.`, {
      where: where(["of"]),
      hint: "For example {kind: rrf, of: [bm25, dense]}.",
    });
  }
  checkFragment("ranking fuser", rankingFusers, fuser, { where });
  return { scores: false, members: names, fuser };
}

/** Every scenario set that the cells name. @throws as `resolveRetrievers` */
export function resolveScenarioSets(experiment: Experiment, cells: readonly CellAxes[]): ReadonlyMap<string, Fragment> {
  const { spec, where } = experiment;
  return resolveNamed(experiment, { axis: "scenarios", cells, known: spec.scenarios }, (fragment, name) => {
    checkFragment("scenario source", scenarioSources, fragment, {
      where: (inner) => where(["scenarios", name, ...inner], "key"),
    });
    return fragment;
  });
}

/**
 * The query sets that the run file declares, expansions checked; others may be declared by the datasets' cards.
 *
 * @throws {HarnessError} `SPEC_INVALID`, `UNKNOWN_COMPONENT`, with line and column
 */
export function resolveQuerySets({ spec, where }: Experiment): ReadonlyMap<string, QuerySetSpec> {
  const declared = new Map(Object.entries(spec.queries));
  for (const [name, { expansion }] of declared) {
    if (name === ORIGINAL_QUERIES) {
      throw new HarnessError(
        "SPEC_INVALID",
        `expected another name: \`${ORIGINAL_QUERIES}\` is the dataset's own set.`,
        {
          where: where(["queries", name], "key"),
        },
      );
    }
    if (expansion === undefined) continue;
    checkFragment("expansion", expansions, expansion, {
      where: (inner) => where(["queries", name, ...inner], "key"),
    });
  }
  return declared;
}

/** Every fusion that the cells name, `preset` and absent kinds resolved. @throws as `resolveRetrievers` */
export function resolveFusions(experiment: Experiment, cells: readonly CellAxes[]): ReadonlyMap<string, Fragment> {
  const { spec, where } = experiment;
  const declared = { ...spec.fusions, [DEFAULT_FUSION]: spec.fusion ?? {} };
  return resolveNamed(experiment, { axis: "fusion", cells, known: declared }, ({ kind, preset, ...rest }, name) => {
    const place: YamlPath = name === DEFAULT_FUSION ? ["fusion"] : ["fusions", name];
    if (kind !== undefined && preset !== undefined) {
      throw new HarnessError("SPEC_INVALID", "fusion: expected `kind` or `preset`, found both.", {
        where: where(place, "key"),
      });
    }
    const fragment = { kind: kind ?? preset ?? "weighted-sum", ...rest };
    checkFragment("fusion", channelFusers, fragment, { where: (inner) => where([...place, ...inner], "key") });
    return fragment;
  });
}

type NamedRequest<Value> = {
  readonly axis: "scenarios" | "fusion";
  readonly cells: readonly CellAxes[];
  readonly known: Readonly<Record<string, Value>>;
};

function resolveNamed<Value, Resolved>(
  experiment: Experiment,
  { axis, cells, known }: NamedRequest<Value>,
  resolve: (value: Value, name: string) => Resolved,
): ReadonlyMap<string, Resolved> {
  // what no cell names is checked all the same: a mistake there is a mistake
  const declared = new Map(Object.entries(known).map(([name, value]) => [name, resolve(value, name)]));
  const resolved = new Map<string, Resolved>();
  for (const { name, path } of uses(experiment, cells, axis)) {
    const found = declared.get(name);
    if (found === undefined) {
      const names = Object.keys(known);
      throw new HarnessError(
        "SPEC_INVALID",
        `\`matrix.${axis}\`: \`${name}\` is not declared; declared are ${names.join(", ") || "none"}.`,
        { where: experiment.where(path), hint: didYouMean(name, names) },
      );
    }
    resolved.set(name, found);
  }
  return resolved;
}

/** Distinct names of one axis in the cells, with the place in the file that names them. */
function uses(
  { spec }: Experiment,
  cells: readonly CellAxes[],
  axis: Exclude<keyof CellAxes, "alpha">,
): readonly Use[] {
  const names = new Set(cells.map((cell) => cell[axis]).filter((name) => name !== null));
  return Array.from(names, (name) => {
    const index = spec.matrix[axis]?.indexOf(name) ?? -1;
    return { name, path: index === -1 ? ["matrix", "include"] : ["matrix", axis, index] };
  });
}
