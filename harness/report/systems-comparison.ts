import type { Comparison } from "../domain/comparison.ts";
import type { MeasureComparison, PairComparison, SystemsComparison } from "../domain/systems-comparison.ts";
import { changeText, countText, differenceText, percentText, plural, valueText } from "./figure-text.ts";
import { intervalText, pText } from "./significance-tables.ts";
import { renderTable } from "./terminal-table.ts";
import { NOTHING } from "./text-table.ts";

/** A comparison for a terminal: tests, then the queries that moved most, then how alike the rankings are. */
export async function renderSystemsComparison({ pairs, notes }: SystemsComparison): Promise<string> {
  const blocks: string[] = [];
  for (const pair of pairs) blocks.push(...(await pairBlocks(pair, pairs.length > 1)));
  return `${[...blocks, ...notes].join("\n\n")}\n`;
}

async function pairBlocks(pair: PairComparison, isOneOfMany: boolean): Promise<readonly string[]> {
  const title = [...(pair.cell === null ? [] : [pair.cell]), `A: ${pair.a}`, `B: ${pair.b}`].join("\n");
  const notes = [...new Set([...pair.notes, ...pair.measures.flatMap(measureNotes)])];
  return [
    [title, await testTable(pair.measures, isOneOfMany)].join("\n"),
    ...(await Promise.all(pair.measures.map(movedTable))).filter((table) => table !== ""),
    ...(pair.agreement === null ? [] : [agreementText(pair.agreement)]),
    ...(notes.length === 0 ? [] : [notes.join("\n")]),
  ];
}

/** Measures that fit beside each other on a page of 100 columns. */
const MEASURES_ACROSS = 3;

/** A line a fact and a column a measure. */
async function testTable(measures: readonly MeasureComparison[], isOneOfMany: boolean): Promise<string> {
  const shown = measures.slice(0, MEASURES_ACROSS);
  const level = shown.find(({ comparison }) => comparison !== null)?.comparison?.protocol.level ?? 0.95;
  const fact = (name: string, text: (of: Comparison) => string) => [
    name,
    ...shown.map(({ comparison }) => (comparison === null ? NOTHING : text(comparison))),
  ];
  const rows = [
    fact("queries", ({ n }) => countText(n)),
    ["mean of A", ...shown.map(({ meanA }) => valueText(meanA))],
    ["mean of B", ...shown.map(({ meanB }) => valueText(meanB))],
    ["difference A - B", ...shown.map(({ meanA, meanB }) => differenceText(meanA - meanB))],
    fact("relative to B", ({ relative }) => optional(relative, changeText)),
    fact(`${percentText(level)} interval (BCa)`, ({ interval }) => intervalText(interval)),
    fact("p, randomization", ({ pRandomization }) => pText(pRandomization)),
    ...(isOneOfMany ? [["p, corrected", ...shown.map(({ pCorrected }) => optional(pCorrected, pText))]] : []),
    fact("p, t test", ({ pT }) => optional(pT, pText)),
    fact(`${percentText(level)} interval (t)`, ({ tInterval }) => intervalText(tInterval)),
    fact("d_z (Hedges)", ({ dz, hedges }) => `${optional(dz, twoPlaces)} (${optional(hedges, twoPlaces)})`),
    fact("wins / ties / losses of A", ({ wins, ties, losses }) => `${wins} / ${ties} / ${losses}`),
    fact("share of queries won", ({ superiority }) => superiority.toFixed(3)),
    fact("detectable difference", ({ mde }) => optional(mde, valueText)),
  ];
  const head = ["", ...shown.map(({ measure }) => measure)];
  const table = await renderTable(head, rows, { align: ["left", ...shown.map(() => "right" as const)] });
  const rest = measures.slice(MEASURES_ACROSS);
  return rest.length === 0 ? table : `${table}\n${await testTable(rest, isOneOfMany)}`;
}

function twoPlaces(value: number): string {
  return value.toFixed(2);
}

async function movedTable({ measure, moved }: MeasureComparison): Promise<string> {
  if (moved.length === 0) return "";
  const table = await renderTable(
    ["query", "A", "B", "A - B"],
    moved.map(({ query, a, b, difference }) => [query, valueText(a), valueText(b), differenceText(difference)]),
    { align: ["left", "right", "right", "right"] },
  );
  return `${measure}: the queries that moved most\n${table}`;
}

function agreementText({ mean, perQuery, onlyA, onlyB }: NonNullable<PairComparison["agreement"]>): string {
  const value = (one: number | null) => (one === null ? NOTHING : one.toFixed(3));
  const left =
    onlyA + onlyB === 0 ? "" : ` ${plural(onlyA, "query")} of A and ${onlyB} of B have no ranking in the other.`;
  return `Rankings of ${plural(perQuery.size, "query")}, top 100: Kendall's tau-b ${value(mean.tau)}, RBO (p 0.9) ${value(mean.rbo)}.${left}`;
}

function measureNotes({ measure, comparison }: MeasureComparison): readonly string[] {
  if (comparison === null) return [`${measure}: one of them has means only, so nothing is tested.`];
  return comparison.notes.map((note) => `${measure}: ${note}`);
}

/** The comparison as JSON: of one pair `{measures, ...}`, of the cells of two results `{cells: {CELL: {measures, ...}}}`. */
export function systemsComparisonJson({ pairs, notes }: SystemsComparison): string {
  const [only, second] = pairs;
  const json =
    only !== undefined && second === undefined
      ? pairJson(only)
      : { cells: Object.fromEntries(pairs.map((pair) => [pair.cell, pairJson(pair)])), notes };
  return `${JSON.stringify(json, undefined, 2)}\n`;
}

function pairJson({ a, b, measures, agreement, notes }: PairComparison) {
  return {
    measures: Object.fromEntries(measures.map((one) => [one.measure, measureJson(one)])),
    ...{ a, b },
    moved: Object.fromEntries(measures.map(({ measure, moved }) => [measure, moved])),
    agreement: agreement === null ? null : agreement.mean,
    notes: [...notes, ...measures.flatMap((one) => one.comparison?.notes ?? [])],
  };
}

/** Figures that do not exist, as of a system that has means only, are null. */
function measureJson({ meanA, meanB, comparison }: MeasureComparison) {
  return {
    n: comparison?.n ?? null,
    ...{ meanA, meanB },
    difference: comparison?.difference ?? meanA - meanB,
    pRandomization: comparison?.pRandomization ?? null,
    pT: comparison?.pT ?? null,
    interval: comparison?.interval ?? null,
    dz: comparison?.dz ?? null,
    wins: comparison?.wins ?? null,
    ties: comparison?.ties ?? null,
    losses: comparison?.losses ?? null,
    mde: comparison?.mde ?? null,
  };
}

function optional(value: number | null, text: (value: number) => string): string {
  return value === null ? NOTHING : text(value);
}
