import type { ExpansionSummary } from "../domain/expansion.ts";
import type { ExperimentResult, QueryCounts } from "../domain/result.ts";
import type { ScenarioCoverage } from "../domain/scenario-set.ts";
import { type ComparisonRow, comparisonRows, sameAlpha } from "./comparison-rows.ts";
import { plural } from "./figure-text.ts";
import { reportNotes } from "./report-notes.ts";
import { type Axis, axesOf, groupBy, groupCells, isBase, type RowAxes, rowName } from "./row-groups.ts";
import { rowTests } from "./row-tests.ts";
import { daggerNote, significanceFootnotes, significanceNotes, testHeads } from "./significance-notes.ts";

/** All rows of one measure; a row's place is the same in every section. */
export type MeasureSection = {
  readonly measure: string;
  readonly rows: readonly ComparisonRow[];
  /** Every alpha of the rows' sweeps, ascending; empty when the matrix has base cells only. */
  readonly alphas: readonly number[];
};

/** Scenarios of one set on one dataset. `without`: documents with no scenario at all. */
export type CoverageRow = ScenarioCoverage & {
  readonly name: string;
  readonly dataset: string;
  readonly without: number;
};

/** Cells of one dataset whose means are over the same numbers of queries. */
export type QueryCountRow = QueryCounts & {
  readonly dataset: string;
  readonly queries: string;
  readonly retrievers: readonly string[];
  readonly cells: number;
};

type DatasetRow = {
  readonly id: string;
  readonly documents: number;
  readonly queries: number;
  readonly judgements: number;
  /** First 12 characters of the policy hash. */
  readonly policy: string;
  readonly notes: readonly string[];
};

/** An evaluation policy and the datasets under it. `rules` is one line of `name value` pairs. */
type PolicyRow = { readonly hash: string; readonly datasets: readonly string[]; readonly rules: string };

/** Failed cells that share all but alpha and failed for the same reason. `label` names them in words. */
type Failure = { readonly label: string; readonly error: string; readonly cells: number };

/** Everything a report says about a result, computed once, so that no two forms of it disagree. */
export type ReportModel = {
  readonly name: string;
  readonly description: string | undefined;
  /** sha256 of the result. */
  readonly id: string;
  readonly sections: readonly MeasureSection[];
  /** The declared alpha, when at least one sweep has it. */
  readonly declaredAlpha: number | undefined;
  /** What is claimed, for the head of a column: `alpha 0.5` or `cross-fitted`; absent where nothing is. */
  readonly claim: string | undefined;
  /** Heads of the columns of tests: `95 % interval`, `p Holm`, on two lines. */
  readonly testHeads: { readonly interval: string; readonly p: string };
  /** Whether any row has a test. */
  readonly hasTests: boolean;
  readonly axes: RowAxes;
  readonly coverage: readonly CoverageRow[];
  readonly expansions: readonly ExpansionSummary[];
  readonly queryCounts: readonly QueryCountRow[];
  readonly datasets: readonly DatasetRow[];
  readonly policies: readonly PolicyRow[];
  readonly failures: readonly Failure[];
  /** `1 of 48 cells failed.`; absent when none did. */
  readonly failureSummary: string | undefined;
  /** What a reader of a comparison must know; the policy of the values, which stands under every other table too. */
  readonly footnotes: readonly string[];
  readonly policyFootnote: string | undefined;
  /** What a dagger means, in one sentence; absent where nothing was tested. */
  readonly daggerNote: string | undefined;
  readonly notes: readonly string[];
};

const NO_SIGNIFICANCE = "Nothing was tested for significance: a difference alone proves nothing.";
const ORACLE = "Oracle: the best alpha of the sweep, tuned on the test queries, shown, never claimable.";

/** What the scenario table's columns count. */
export const COVERAGE_TERMS =
  "Covered: documents with at least one scenario that is not noise. Failed: documents whose generation or parsing failed. Foreign: scenarios of documents outside the corpus, not indexed.";

/** What the expansion table's columns count. */
export const EXPANSION_TERMS =
  "Expanded: queries with at least one text; the others are asked as the dataset has them. Missing: texts that were refused, filtered, empty or not recorded. Cut: at the token limit of an answer. Stripped: of a lead-in phrase or a model's thoughts.";

/** What a report of the result says. Pure: the same result gives the same model. */
export function buildReport(result: ExperimentResult): ReportModel {
  const groups = groupCells(result);
  const axes = axesOf(groups);
  const datasets = new Set([...result.datasets.map(({ id }) => id), ...result.cells.map(({ dataset }) => dataset)])
    .size;
  const declaredAlpha = result.declaredAlpha ?? undefined;
  const tests = rowTests(result.comparison);
  const hashes = new Map(result.datasets.map(({ id, policyHash }) => [id, policyHash]));
  const sections = result.measures.map((measure) => {
    const rows = comparisonRows(groups, measure, {
      declaredAlpha,
      tests,
      datasets,
      means: result.groups,
      policies: result.allowMixed ? undefined : hashes,
    });
    return { measure, rows, alphas: alphasOf(rows) };
  });
  const policies = policyRows(result);
  const rows = sections.flatMap((section) => section.rows);
  const declared = sections[0]?.alphas.find((alpha) => declaredAlpha !== undefined && sameAlpha(alpha, declaredAlpha));
  return {
    name: result.name,
    description: result.description ?? undefined,
    id: result.id,
    sections,
    declaredAlpha: declared,
    claim: claimOf(result, declared),
    testHeads: testHeads(result.comparison),
    hasTests: rows.some(({ test }) => test !== undefined),
    axes,
    coverage: result.scenarios.map((set) => ({ ...set, without: set.documents - set.covered - set.noise })),
    expansions: result.expansions ?? [],
    queryCounts: queryCountRows(result),
    datasets: result.datasets.map((one) => ({ ...one, policy: shortHash(one.policyHash) })),
    policies,
    failures: failuresOf(result, axes.varying),
    failureSummary: failureSummary(result),
    footnotes: footnotesOf(result, rows),
    policyFootnote: policyFootnote(policies),
    daggerNote: result.comparison === null ? undefined : daggerNote(result.comparison, rows),
    notes: [
      ...reportNotes({ result, groups, sections, datasets }),
      ...sections.flatMap((section) => significanceNotes(result.comparison, { ...section, varying: axes.varying })),
      ...result.notes,
    ],
  };
}

function claimOf({ comparison }: ExperimentResult, declared: number | undefined): string | undefined {
  if (declared !== undefined) return `alpha ${declared}`;
  return comparison?.declaration.alpha === "cross-fitted" ? "cross-fitted" : undefined;
}

function footnotesOf({ cells, comparison }: ExperimentResult, rows: readonly ComparisonRow[]): readonly string[] {
  if (cells.every(isBase)) return [NO_SIGNIFICANCE];
  return [...(comparison === null ? [NO_SIGNIFICANCE] : significanceFootnotes(comparison, rows)), ORACLE];
}

function alphasOf(rows: readonly ComparisonRow[]): readonly number[] {
  const alphas = new Set(rows.flatMap(({ sweep }) => sweep.map(({ alpha }) => alpha)));
  return [...alphas].sort((a, b) => a - b);
}

function queryCountRows({ cells, datasets }: ExperimentResult): readonly QueryCountRow[] {
  const order = new Map(datasets.map(({ id }, place) => [id, place]));
  const counted = cells.flatMap(({ counts, dataset, queries, retriever }) =>
    counts === null ? [] : [{ ...counts, dataset, queries, retriever }],
  );
  const place = (dataset: string) => order.get(dataset) ?? order.size;
  return groupBy(counted, ({ retriever: _, ...shared }) => JSON.stringify(shared))
    .flatMap((same) => same.slice(0, 1).map((first) => ({ first, same })))
    .map(({ first: { retriever: _, ...shared }, same }) => ({
      ...shared,
      retrievers: [...new Set(same.map(({ retriever }) => retriever))],
      cells: same.length,
    }))
    .sort((a, b) => place(a.dataset) - place(b.dataset));
}

function policyRows({ datasets }: ExperimentResult): readonly PolicyRow[] {
  return groupBy(datasets, ({ policyHash }) => policyHash).flatMap((same) =>
    same.slice(0, 1).map(({ policyHash, policy }) => ({
      hash: shortHash(policyHash),
      datasets: same.map(({ id }) => id),
      rules: Object.entries(policy)
        .map(([name, value]) => `${name} ${typeof value === "string" ? value : JSON.stringify(value)}`)
        .join(", "),
    })),
  );
}

function policyFootnote(policies: readonly PolicyRow[]): string | undefined {
  const hashes = policies.map(({ hash }) => hash).join(", ");
  if (policies.length < 2) return hashes === "" ? undefined : `Evaluation policy ${hashes}.`;
  return `Evaluation policies differ between datasets: ${hashes}; see Datasets.`;
}

function failuresOf({ cells }: ExperimentResult, varying: readonly Axis[]): readonly Failure[] {
  const failed = cells.filter(({ status }) => status === "failed");
  const same = groupBy(failed, ({ retriever, dataset, queries, scenarios, fusion, error }) =>
    JSON.stringify([retriever, dataset, queries, scenarios, fusion, error]),
  );
  return same.flatMap((own) =>
    own.slice(0, 1).map((first) => ({
      label: `${rowName(first, varying)} on \`${first.dataset}\`, ${pointsText(own.map(({ alpha }) => alpha))}`,
      error: first.error ?? "no reason was recorded",
      cells: own.length,
    })),
  );
}

function failureSummary({ cells }: ExperimentResult): string | undefined {
  const failed = cells.filter(({ status }) => status === "failed").length;
  return failed === 0 ? undefined : `${failed} of ${plural(cells.length, "cell")} failed.`;
}

function pointsText(alphas: readonly (number | null)[]): string {
  const points = alphas.flatMap((alpha) => (alpha === null ? [] : [alpha])).sort((a, b) => a - b);
  if (points.length === 0) return "base";
  return points.length === 1 ? `alpha ${points[0]}` : `${plural(points.length, "alpha")} (${points.join(", ")})`;
}

function shortHash(hash: string): string {
  return hash.slice(0, 12);
}
