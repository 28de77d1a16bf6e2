import type { ExperimentResult } from "../domain/result.ts";
import { type ComparisonRow, mixesPolicies, sameAlpha } from "./comparison-rows.ts";
import { countText, plural } from "./figure-text.ts";
import { type Axis, axesOf, groupBy, hasMacroMean, type RowGroup, rowName } from "./row-groups.ts";

/** What the notes are read from. `datasets` is how many the experiment has. */
export type NoteSource = {
  readonly result: ExperimentResult;
  readonly groups: readonly RowGroup[];
  readonly sections: readonly { readonly measure: string; readonly rows: readonly ComparisonRow[] }[];
  readonly datasets: number;
};

/** The sentences a reader needs so as not to misread the tables; none where there is nothing to say. */
export function reportNotes(source: NoteSource): readonly string[] {
  return [
    ...declaredAlphaNotes(source),
    ...oracleNotes(source),
    ...macroMeanNotes(source),
    ...alphaOneNotes(source),
    ...policyNotes(source),
    ...missingQueryNotes(source),
    ...truncationNotes(source),
    ...coverageNotes(source),
    ...droppedNotes(source),
  ];
}

function declaredAlphaNotes({ result: { declaredAlpha, comparison }, groups }: NoteSource): readonly string[] {
  const rows = spikeRows(groups);
  if (rows.length === 0 || comparison?.declaration.alpha === "cross-fitted") return [];
  if (declaredAlpha === null) {
    return [
      "No alpha was declared before the run, so no SPIKE value here can be claimed: the oracle is no substitute.",
    ];
  }
  const without = rows.filter(({ alphas }) => !alphas.some((alpha) => sameAlpha(alpha, declaredAlpha)));
  if (without.length === 0) return [];
  const places = listed(without, rows.length);
  return [`The declared alpha ${declaredAlpha} is not in the sweep of ${places}: SPIKE has no claimable value there.`];
}

function oracleNotes({ groups }: NoteSource): readonly string[] {
  const partial = spikeRows(groups).filter(({ alphas, failed }) => failed > 0 && failed < alphas.length);
  return partial.map(
    ({ name, alphas, failed }) =>
      `The oracle and the cross-fitted alpha of ${name} are chosen among ${alphas.length - failed} of ${alphas.length} alphas: the others failed.`,
  );
}

function macroMeanNotes({ result, groups, datasets, sections }: NoteSource): readonly string[] {
  if (result.groups.length > 0) return groups.flatMap((group) => groupMeanNotes(group, result, axesOf(groups).varying));
  if (datasets < 2) return [];
  const { varying } = axesOf(groups);
  return groups.flatMap((group) => {
    const name = rowName(group, varying);
    if (isMixed(group, result)) return [];
    if (!hasMacroMean(group, datasets)) {
      return [`No macro mean for ${name}: it has cells on ${group.rows.length} of ${datasets} datasets.`];
    }
    const failed = group.rows.filter(({ base, spike }) => [base, ...spike].some((cell) => cell?.status === "failed"));
    if (failed.length > 0) {
      const names = failed.map(({ dataset }) => `\`${dataset}\``).join(", ");
      return [`The macro mean of ${name} is not formed where a cell of ${names} failed.`];
    }
    return isComplete(group, sections)
      ? []
      : [`The macro mean of ${name} is formed only where every dataset has a value.`];
  });
}

/** Said once for all by the note on policies. */
function isMixed({ rows }: RowGroup, { datasets, allowMixed }: ExperimentResult): boolean {
  const policies = new Map(datasets.map(({ id, policyHash }) => [id, policyHash]));
  return mixesPolicies(
    rows.map(({ dataset }) => dataset),
    allowMixed ? undefined : policies,
  );
}

/** Groups that a system has not all members of; their mean is left out, and said to be. */
function groupMeanNotes(group: RowGroup, { groups }: ExperimentResult, varying: readonly Axis[]): readonly string[] {
  const known = new Set(group.rows.map(({ dataset }) => dataset));
  return groups.flatMap(({ name, members }) => {
    const missing = members.filter((member) => !known.has(member));
    if (missing.length === 0) known.add(name);
    return missing.length === 0
      ? []
      : [`No mean of \`${name}\` for ${rowName(group, varying)}: it has no cells on ${missing.join(", ")}.`];
  });
}

function isComplete({ rows }: RowGroup, sections: NoteSource["sections"]): boolean {
  const alphas = new Set(rows.flatMap(({ spike }) => spike.map(({ alpha }) => alpha)));
  return rows.every(
    ({ base, spike }) =>
      spike.length === alphas.size &&
      sections.every(({ measure }) => [base, ...spike].every((cell) => cell?.values[measure] !== undefined)),
  );
}

/** Alpha 1 leaves only the document score, so a reader expects the base; some fusions give something else. */
function alphaOneNotes({ groups, result: { measures } }: NoteSource): readonly string[] {
  const rows = spikeRows(groups);
  const differing = rows.filter(({ row: { base, spike } }) => {
    const one = spike.find(({ alpha }) => alpha !== null && sameAlpha(alpha, 1));
    return measures.some((measure) => {
      const values = [base?.values[measure], one?.values[measure]].filter((value) => value !== undefined);
      return values.length === 2 && Math.abs((values[0] ?? 0) - (values[1] ?? 0)) > 1e-9;
    });
  });
  if (differing.length === 0) return [];
  return [`At alpha 1 the fusion does not give the base's values: ${listed(differing, rows.length)}.`];
}

function policyNotes({ result: { datasets, allowMixed } }: NoteSource): readonly string[] {
  const policies = new Set(datasets.map(({ policyHash }) => policyHash)).size;
  if (policies < 2) return [];
  const means = allowMixed ? "means mix them, as was asked for" : "no mean mixes them unless `--allow-mixed` is given";
  return [`The datasets are evaluated under ${policies} different policies: ${means}.`];
}

function missingQueryNotes({ result: { cells } }: NoteSource): readonly string[] {
  const missing = cells.filter(({ counts }) => counts !== null && counts.missing > 0).length;
  return missing === 0
    ? []
    : [`${plural(missing, "cell")} of ${cells.length} left judged queries unanswered; each counts as 0.`];
}

/** One sentence a retriever and dataset; cells share documents and queries, and those of a scenario set its scenarios. */
function truncationNotes({ result: { cells, datasets, expansions = [] } }: NoteSource): readonly string[] {
  const cut = cells.flatMap(({ truncated, dataset, queries, scenarios }) =>
    truncated.map((texts) => ({ dataset, querySet: queries, scenarioSet: scenarios, texts })),
  );
  // an expanded query is made of several texts
  const expanded = new Set(expansions.map(({ name }) => name));
  const sizes = new Map(datasets.map((dataset) => [dataset.id, dataset]));
  return groupBy(cut, ({ dataset, texts }) => JSON.stringify([dataset, texts.retriever])).flatMap((same) =>
    same.slice(0, 1).map(({ dataset, texts }) => {
      const size = sizes.get(dataset);
      const of = (whole: number | undefined) => (whole === undefined ? "" : ` of ${countText(whole)}`);
      const querySets = new Map(same.map((one) => [one.querySet, one.texts.queries]));
      const scenarioSets = new Map(same.map((one) => [one.scenarioSet, one.texts.scenarios]));
      const parts = [
        ...(texts.documents === 0 ? [] : [`${countText(texts.documents)}${of(size?.documents)} documents`]),
        ...Array.from(scenarioSets, ([set, count]) =>
          count === 0 ? [] : [`${plural(count, "scenario")} of \`${set}\``],
        ),
        ...Array.from(querySets, ([set, count]) =>
          count === 0
            ? []
            : [`${countText(count)}${expanded.has(set) ? " texts of" : of(size?.queries)} queries (\`${set}\`)`],
        ),
      ].flat();
      return `\`${texts.retriever}\` read only a part of ${parts.join(", ")} on \`${dataset}\`: longer texts are truncated.`;
    }),
  );
}

function droppedNotes({ result: { scenarios } }: NoteSource): readonly string[] {
  return scenarios.flatMap(({ name, dataset, dropped = 0 }) => {
    const place = `\`${name}\` on \`${dataset}\``;
    const entries = plural(dropped, "entry");
    return dropped === 0
      ? []
      : [`Left out of ${place}: ${entries}, failed or blank, of documents that have other scenarios.`];
  });
}

function coverageNotes({ groups, result: { scenarios } }: NoteSource): readonly string[] {
  const known = new Set(scenarios.map(({ name, dataset }) => JSON.stringify([name, dataset])));
  const unknown = spikeRows(groups).filter(
    ({ row: { dataset }, group }) => !known.has(JSON.stringify([group.scenarios, dataset])),
  );
  const pairs = new Set(unknown.map(({ row: { dataset }, group }) => `\`${group.scenarios}\` on \`${dataset}\``));
  return pairs.size === 0 ? [] : [`No scenario coverage was recorded for ${[...pairs].join(", ")}.`];
}

type SpikeRow = {
  readonly name: string;
  readonly group: RowGroup;
  readonly row: RowGroup["rows"][number];
  readonly alphas: readonly number[];
  readonly failed: number;
};

function spikeRows(groups: readonly RowGroup[]): readonly SpikeRow[] {
  const { varying } = axesOf(groups);
  return groups.flatMap((group) =>
    group.rows
      .filter(({ spike }) => spike.length > 0)
      .map((row) => ({
        name: `${rowName(group, varying)} on \`${row.dataset}\``,
        group,
        row,
        alphas: row.spike.flatMap(({ alpha }) => (alpha === null ? [] : [alpha])),
        failed: row.spike.filter(({ status }) => status === "failed").length,
      })),
  );
}

function listed(rows: readonly SpikeRow[], all: number): string {
  if (rows.length === all) return all === 1 ? rows.map(({ name }) => name).join() : "every row";
  return rows.map(({ name }) => name).join(", ");
}
