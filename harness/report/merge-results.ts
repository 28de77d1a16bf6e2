import type { CellResult, ExperimentResult } from "../domain/result.ts";
import type { SpikeComparison, SpikeMean } from "../domain/spike-comparison.ts";
import { HarnessError } from "../errors.ts";
import { canonicalJson, hashJson, type Json } from "../storage/content-hash.ts";
import { plural } from "./figure-text.ts";

/** A result and where it was read, for messages. */
export type ResultSource = { readonly path: string; readonly result: ExperimentResult };

const MOST_NAME_BYTES = 120;

/**
 * Several results as one, for one report. Nothing is computed anew: values, tests and corrected p values are those of the
 * results, and the report says so. What several results have must be the same in each; of tests of the same row the first
 * counts. A mean over all datasets is tested only where a result has all of them.
 *
 * @param allowMixed a dataset that is judged differently is shown once for each result, and means may mix policies
 * @throws {HarnessError} `POLICIES_DIFFER` for a dataset under different policies or judgements, or of different documents;
 *   `USAGE` for results that declare different comparisons, or that call different things by one name
 */
export function mergeResults(
  sources: readonly ResultSource[],
  { allowMixed }: { readonly allowMixed: boolean },
): ExperimentResult {
  const [first, ...others] = sources;
  if (first === undefined) throw new HarnessError("USAGE", "expected a result, got none.");
  if (others.length === 0) return first.result;
  const told = tellApart(sources, allowMixed);
  const results = told.map(({ result }) => result);
  const datasets = uniqueBy(told, {
    what: "dataset",
    items: ({ result }) => result.datasets,
    name: ({ id }) => id,
    same: ({ documents, policyHash, qrelsSha256, corpusSha256 }) => [documents, policyHash, qrelsSha256, corpusSha256],
    code: "POLICIES_DIFFER",
    hint: "Under different rules values are not comparable; `--allow-mixed` shows the dataset once for each.",
  });
  const content: Omit<ExperimentResult, "id"> = {
    schemaVersion: 2,
    name: mergedName(results),
    description: null,
    measures: [...new Set(results.flatMap(({ measures }) => measures))],
    declaredAlpha: results.find(({ comparison }) => comparison !== null)?.declaredAlpha ?? null,
    datasets,
    groups: uniqueBy(told, {
      what: "group",
      items: ({ result }) => result.groups,
      name: ({ name }) => name,
      same: ({ members }) => members,
      hint: "Give groups of different datasets different names.",
    }),
    allowMixed: allowMixed || results.some((result) => result.allowMixed),
    scenarios: uniqueBy(told, {
      what: "scenario set",
      items: ({ result }) => result.scenarios,
      name: ({ name, dataset }) => `${name} on ${dataset}`,
      same: ({ contentHash }) => contentHash,
      hint: "Give different scenario sets different names.",
    }),
    ...mergeExpansions(told),
    notes: [mergeNote(sources), ...new Set(results.flatMap(({ notes }) => notes))],
    cells: uniqueBy(told, {
      what: "cell",
      items: ({ result }) => result.cells,
      name: cellName,
      same: ({ runSha256, values, status, error }) => [runSha256, { ...values }, status, error],
      hint: "Run again what failed, or give different systems different names.",
    }),
    comparison: mergeComparisons(told, new Set(datasets.map(({ id }) => id))),
  };
  return { ...content, id: hashJson(content as unknown as Json) };
}

/** Absent where no result has any, as in each of them. */
function mergeExpansions(sources: readonly ResultSource[]): Pick<ExperimentResult, "expansions"> {
  const expansions = uniqueBy(sources, {
    what: "query expansion",
    items: ({ result }) => result.expansions ?? [],
    name: ({ name, dataset }) => `${name} on ${dataset}`,
    same: ({ contentHash }) => contentHash,
    hint: "Give different query sets different names.",
  });
  return expansions.length === 0 ? {} : { expansions };
}

/** A folder can be called so. */
function mergedName(results: readonly ExperimentResult[]): string {
  const [first, ...others] = results.map(({ name }) => name);
  const whole = [first, ...others].join("+");
  return Buffer.byteLength(whole) <= MOST_NAME_BYTES ? whole : `${first}+${others.length}`;
}

function mergeNote(sources: readonly ResultSource[]): string {
  const names = sources.map(({ result: { name, id } }) => `\`${name}\` (${id.slice(0, 12)})`).join(", ");
  return `Merged from ${plural(sources.length, "result")}: ${names}. p values are corrected within each result, as it was run, not over all rows.`;
}

/** Names a dataset that two results judge differently after its result, where that is allowed, and groups that have it. */
function tellApart(sources: readonly ResultSource[], allowMixed: boolean): readonly ResultSource[] {
  if (!allowMixed) return sources;
  const rules = new Map<string, Set<string>>();
  for (const { id, policyHash, qrelsSha256, corpusSha256 } of sources.flatMap(({ result }) => result.datasets)) {
    rules.set(id, (rules.get(id) ?? new Set()).add(canonicalJson([policyHash, qrelsSha256, corpusSha256])));
  }
  const differing = Array.from(rules, ([id, { size }]) => (size > 1 ? [id] : [])).flat();
  const names = sources.map(({ result }) => result.name);
  return sources.map(({ path, result }) => {
    const isOnlyOne = names.filter((name) => name === result.name).length === 1;
    const suffix = isOnlyOne ? result.name : `${result.name} ${result.id.slice(0, 12)}`;
    const renamed = new Set(differing);
    for (const { name, members } of result.groups) {
      if (members.some((member) => renamed.has(member))) renamed.add(name);
    }
    return { path, result: renamePlaces(result, (name) => (renamed.has(name) ? `${name} (${suffix})` : name)) };
  });
}

function renamePlaces(result: ExperimentResult, rename: (name: string) => string): ExperimentResult {
  const renamed = <Item extends { readonly dataset: string }>(items: readonly Item[]) =>
    items.map((item) => ({ ...item, dataset: rename(item.dataset) }));
  const { comparison } = result;
  return {
    ...result,
    datasets: result.datasets.map((dataset) => ({ ...dataset, id: rename(dataset.id) })),
    groups: result.groups.map(({ name, members }) => ({ name: rename(name), members: members.map(rename) })),
    scenarios: renamed(result.scenarios),
    ...(result.expansions && { expansions: renamed(result.expansions) }),
    cells: renamed(result.cells),
    comparison: comparison && {
      ...comparison,
      rows: renamed(comparison.rows),
      means: comparison.means.map((mean) => ({ ...mean, group: mean.group && rename(mean.group) })),
    },
  };
}

type Unique<Item> = {
  readonly what: string;
  readonly items: (source: ResultSource) => readonly Item[];
  readonly name: (item: Item) => string;
  /** What must be the same where two results have the item. */
  readonly same: (item: Item) => Json;
  readonly code?: "USAGE" | "POLICIES_DIFFER";
  readonly hint: string;
};

/** Items of all results, each once, in the order in which they come up. */
function uniqueBy<Item>(sources: readonly ResultSource[], rules: Unique<Item>): readonly Item[] {
  const { what, items, name, same, code = "USAGE", hint } = rules;
  const known = new Map<string, { readonly item: Item; readonly path: string }>();
  for (const source of sources) {
    for (const item of items(source)) {
      const other = known.get(name(item));
      if (other === undefined) known.set(name(item), { item, path: source.path });
      else if (canonicalJson(same(other.item)) !== canonicalJson(same(item))) {
        throw new HarnessError(code, `expected the ${what} \`${name(item)}\` to be the same in both, found two.`, {
          where: `${other.path} and ${source.path}`,
          hint,
        });
      }
    }
  }
  return Array.from(known.values(), ({ item }) => item);
}

function cellName({ retriever, dataset, queries, scenarios, fusion, alpha }: CellResult): string {
  return [retriever, dataset, queries, scenarios, fusion, alpha].filter((part) => part !== null).join(", ");
}

/** One declaration holds for a whole report. */
function mergeComparisons(
  sources: readonly ResultSource[],
  datasets: ReadonlySet<string>,
): ExperimentResult["comparison"] {
  const compared = sources.flatMap(({ path, result }) =>
    result.comparison === null ? [] : [{ path, result, comparison: result.comparison }],
  );
  const [first, ...others] = compared;
  if (first === undefined) return null;
  const { declaration } = first.comparison;
  const other = others.find(
    ({ comparison }) => hashJson({ ...comparison.declaration }) !== hashJson({ ...declaration }),
  );
  if (other !== undefined) {
    throw new HarnessError("USAGE", "expected results with the same `comparison:`, found two.", {
      where: `${first.path} and ${other.path}`,
      hint: "Report them one by one, or run one of them again as the other declares.",
    });
  }
  const means = compared.flatMap(({ result, comparison }) => {
    // a mean over all datasets of a result with fewer is another one
    const isWhole = result.datasets.length === datasets.size;
    return comparison.means.filter(({ group }) => group !== null || isWhole);
  });
  return {
    key: hashJson(compared.map(({ comparison }) => comparison.key)),
    declaration,
    rows: firstBy(
      compared.flatMap(({ comparison }) => comparison.rows),
      rowName,
    ),
    means: firstBy(means, rowName),
  };
}

function rowName(row: SpikeComparison | SpikeMean): string {
  const { retriever, queries, scenarios, fusion, measure } = row;
  const place = "group" in row ? row.group : row.dataset;
  return canonicalJson([retriever, queries, scenarios, fusion, measure, place]);
}

function firstBy<Item>(items: readonly Item[], name: (item: Item) => string): readonly Item[] {
  const known = new Set<string>();
  return items.filter((item) => {
    const isNew = !known.has(name(item));
    known.add(name(item));
    return isNew;
  });
}
