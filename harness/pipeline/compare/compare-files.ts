import { basename } from "node:path";
import { compareFamily } from "../../compare/compare-family.ts";
import { compareRankings } from "../../compare/compare-rankings.ts";
import type { CompareOptions } from "../../compare/compare-systems.ts";
import type { SystemValues } from "../../domain/comparison.ts";
import type { Policy } from "../../domain/policy.ts";
import type {
  MeasureComparison,
  MovedQuery,
  PairComparison,
  SystemsComparison,
} from "../../domain/systems-comparison.ts";
import { HarnessError } from "../../errors.ts";
import { DEFAULT_MEASURES, parseMeasures } from "../../evaluate/parse-measure.ts";
import { hashFile } from "../../storage/content-hash.ts";
import type { IdReading } from "../../storage/trec-ids.ts";
import { readQrels } from "../../storage/trec-qrels.ts";
import { type ComparedSource, type ComparedSystem, findSource, type Judging } from "./compared-source.ts";

export type CompareFilesOptions = Omit<CompareOptions, "wilcoxon"> & {
  readonly a: string;
  readonly b: string;
  readonly qrels?: string | undefined;
  readonly measures?: string | readonly string[] | undefined;
  readonly recall: Policy["recall"];
  readonly scorePrecision: Policy["scorePrecision"];
  readonly ids: IdReading;
};

/** Queries shown of those that moved. */
const MOST_MOVED = 20;

/**
 * Compares two runs, two cells, or all cells that two results share; see `findSource` for what may be given. Several pairs
 * are one family a measure, corrected by Holm.
 *
 * @throws {HarnessError} `USAGE`, `MEASURE_INVALID`, `POLICIES_DIFFER`, `QUERY_SETS_DIFFER`, `TOO_FEW_QUERIES`,
 *   `VALUE_INVALID`, and whatever is wrong with a file
 */
export async function compareFiles(options: CompareFilesOptions): Promise<SystemsComparison> {
  const judging = await readJudging(options);
  const [a, b] = [await findSource(options.a, judging), await findSource(options.b, judging)];
  const opened: Opened[] = [];
  for (const { cell, systems } of pairsOf(a, b, options)) opened.push({ cell, pair: await systems() });
  const names = measureNames(opened, options);
  const byMeasure = names.map((measure) => compareMeasure(measure, opened, options));
  return {
    pairs: opened.map(({ cell, pair }, at) => ({
      cell,
      a: pair.a.name,
      b: pair.b.name,
      measures: byMeasure.flatMap((rows) => rows[at] ?? []),
      agreement: agreementOf(pair),
      notes: [...pair.a.notes, ...pair.b.notes],
    })),
    notes: opened.length === 1 ? [] : [`${opened.length} cells that both results have; p corrected by Holm over them.`],
  };
}

type Pair = { readonly a: ComparedSystem; readonly b: ComparedSystem };
type Opened = { readonly cell: string | null; readonly pair: Pair };

async function readJudging({
  qrels: path,
  measures,
  recall,
  scorePrecision,
  ids,
}: CompareFilesOptions): Promise<Judging> {
  const shared = {
    measures: parseMeasures(measures ?? DEFAULT_MEASURES, { where: "--measures" }),
    recall,
    scorePrecision,
    ids,
  };
  if (path === undefined) return { qrels: undefined, dataset: "", qrelsSha256: "", ...shared };
  const { qrels } = await readQrels(path, { ids });
  return { qrels, dataset: basename(path), qrelsSha256: await hashFile(path), ...shared };
}

type OpenPair = { readonly cell: string | null; readonly systems: () => Promise<Pair> };

function pairsOf(a: ComparedSource, b: ComparedSource, places: CompareFilesOptions): readonly OpenPair[] {
  if (a.kind === "system" && b.kind === "system") {
    return [{ cell: null, systems: async () => ({ a: await a.open(), b: await b.open() }) }];
  }
  if (a.kind === "result" && b.kind === "result") {
    const shared = a.cells.filter((cell) => b.cells.includes(cell));
    if (shared.length > 0) {
      return shared.map((cell) => ({ cell, systems: async () => ({ a: await a.open(cell), b: await b.open(cell) }) }));
    }
    throw new HarnessError("USAGE", "expected results that share a cell, found none.", {
      where: `${places.a} and ${places.b}`,
      hint: `Name two cells: \`${places.a}#${a.cells[0] ?? "CELL"}\`.`,
    });
  }
  const [place, { cells }] =
    a.kind === "result" ? [places.a, a] : b.kind === "result" ? [places.b, b] : [places.a, { cells: [] }];
  throw new HarnessError("USAGE", "expected one cell of the result, to be compared with one system.", {
    where: place,
    hint: `Name it: \`${place}#${cells[0] ?? "CELL"}\`.`,
  });
}

/** What was asked for, or else what all have. */
function measureNames(opened: readonly Opened[], { measures }: CompareFilesOptions): readonly string[] {
  const systems = opened.flatMap(({ pair }) => [pair.a, pair.b]);
  const [first, ...others] = systems;
  const known = [...(first?.means.keys() ?? [])].filter((name) => others.every(({ means }) => means.has(name)));
  if (measures === undefined && known.length > 0) return known;
  const asked = measures === undefined ? [] : parseMeasures(measures).map(({ text }) => text);
  const missing = asked.find((name) => !known.includes(name));
  if (missing === undefined && asked.length > 0) return asked;
  const lacking = systems.find(({ means }) => missing === undefined || !means.has(missing)) ?? first;
  throw new HarnessError(
    "MEASURE_INVALID",
    `expected measures that both have, found ${missing === undefined ? "none" : `no \`${missing}\``}.`,
    { where: lacking?.name, hint: `It has ${[...(lacking?.means.keys() ?? [])].slice(0, 12).join(", ") || "none"}.` },
  );
}

function compareMeasure(
  measure: string,
  opened: readonly Opened[],
  options: CompareFilesOptions,
): readonly MeasureComparison[] {
  const members = opened.flatMap(({ pair }) => {
    const member = memberOf(measure, pair);
    return member === undefined ? [] : [{ pair, member }];
  });
  const family = members.map(({ member }) => member);
  const rows = family.length === 0 ? [] : compareFamily(family, options).rows;
  return opened.map(({ pair }) => {
    const at = members.findIndex((one) => one.pair === pair);
    const { comparison = null, pCorrected = null } = rows[at] ?? {};
    const [meanA = Number.NaN, meanB = Number.NaN] = [pair.a.means.get(measure), pair.b.means.get(measure)];
    return { measure, meanA, meanB, comparison, pCorrected, moved: mostMoved(members[at]?.member) };
  });
}

type Member = { readonly a: SystemValues; readonly b: SystemValues };

/** Values of both by query. A tool's values of unknown origin are taken to be of the other's. */
function memberOf(measure: string, { a, b }: Pair): Member | undefined {
  const [valuesA, valuesB] = [a.perQuery.get(measure), b.perQuery.get(measure)];
  if (valuesA === undefined || valuesB === undefined) return undefined;
  const unknown = { dataset: "unknown", policyHash: "unknown", qrelsSha256: "unknown" };
  const origin = (own: ComparedSystem, other: ComparedSystem) => own.origin ?? other.origin ?? unknown;
  return {
    a: { ...origin(a, b), system: a.name, values: valuesA },
    b: { ...origin(b, a), system: b.name, values: valuesB },
  };
}

function mostMoved(member: Member | undefined): readonly MovedQuery[] {
  if (member === undefined) return [];
  return Array.from(member.a.values, ([query, a]) => {
    const b = member.b.values.get(query) ?? 0;
    return { query, a, b, difference: a - b };
  })
    .filter(({ difference }) => difference !== 0)
    .sort((x, y) => Math.abs(y.difference) - Math.abs(x.difference))
    .slice(0, MOST_MOVED);
}

function agreementOf({ a, b }: Pair): PairComparison["agreement"] {
  return a.run === undefined || b.run === undefined ? null : compareRankings(a.run, b.run);
}
