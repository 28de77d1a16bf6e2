import { z } from "zod";
import { type QueryId, queryId } from "../../domain/ids.ts";
import { HarnessError } from "../../errors.ts";
import { parseMeasure } from "../../evaluate/parse-measure.ts";
import { readTrecEvalValues } from "../../storage/trec-eval-values.ts";

/** What another tool says of a system, under our names of measures. */
export type PeerValues = {
  /** Means by measure. */
  readonly means: ReadonlyMap<string, number>;
  /** By measure, then by query; empty where the tool's file has means only. */
  readonly perQuery: ReadonlyMap<string, ReadonlyMap<QueryId, number>>;
  readonly notes: readonly string[];
};

/** Values of `trec_eval -q`; measures that have no counterpart here are left out and named. @throws as `readTrecEvalValues` */
export async function readTrecEval(path: string): Promise<PeerValues> {
  const perQuery = new Map<string, ReadonlyMap<QueryId, number>>();
  const unknown: string[] = [];
  for (const [name, values] of await readTrecEvalValues(path)) {
    const measure = measureNamed(name);
    if (measure === undefined) unknown.push(name);
    else perQuery.set(measure, new Map(Array.from(values, ([id, value]) => [queryId(id), value])));
  }
  const means = new Map(Array.from(perQuery, ([measure, values]) => [measure, meanOf([...values.values()])]));
  return { means, perQuery, notes: leftOut(unknown) };
}

const metrics = z.record(z.string(), z.unknown());
const current = z.looseObject({ scores: z.record(z.string(), z.array(metrics).min(1)) });
const older = z.looseObject({ mteb_dataset_name: z.string() });

/** Whether a text is a result file of mteb, of either layout. */
export function isMtebResult(text: string): boolean {
  const value = parsePythonJson(text);
  return current.safeParse(value).success || older.safeParse(value).success;
}

/** Python writes NaN into JSON, which has none; undefined for what is no JSON otherwise. */
function parsePythonJson(text: string): unknown {
  try {
    return JSON.parse(text.replaceAll(/(:\s*)(?:NaN|-?Infinity)(?=\s*[,}])/g, "$1null"));
  } catch {
    return undefined;
  }
}

/**
 * Means of the text of one mteb result file (fractions), from the split `test`, else the only one.
 *
 * @throws {HarnessError} `DATA_INVALID` when the file has several splits or subsets and none is called `test` or `default`
 */
export function mtebValues(text: string, path: string): PeerValues {
  const means = new Map<string, number>();
  for (const [name, value] of Object.entries(onlySubset(splitsOf(parsePythonJson(text)), path))) {
    const [, family = "", cutoff = ""] = /^(ndcg|map|recall|precision|mrr)_at_(\d+)$/.exec(name) ?? [];
    const measure = MTEB_NAMES[family];
    if (measure !== undefined && typeof value === "number") means.set(`${measure}@${cutoff}`, value);
  }
  return { means, perQuery: new Map(), notes: [] };
}

const MTEB_NAMES: Readonly<Record<string, string>> = {
  ndcg: "nDCG",
  map: "AP",
  recall: "R",
  precision: "P",
  mrr: "RR",
};

type Metrics = z.output<typeof metrics>;

/** Subsets by split; the older layout has the metrics in the split itself. */
function splitsOf(value: unknown): Readonly<Record<string, readonly Metrics[]>> {
  const known = current.safeParse(value);
  if (known.success) return known.data.scores;
  const splits = Object.entries(metrics.parse(value)).flatMap(([name, split]) => {
    const own = metrics.safeParse(split);
    return own.success ? [[name, [own.data]] as const] : [];
  });
  return Object.fromEntries(splits);
}

function onlySubset(splits: Readonly<Record<string, readonly Metrics[]>>, path: string): Metrics {
  const names = Object.keys(splits);
  const subsets = splits[names.includes("test") ? "test" : (names[0] ?? "")] ?? [];
  const chosen = subsets.length === 1 ? subsets[0] : subsets.find(({ hf_subset }) => hf_subset === "default");
  if (chosen !== undefined && (names.length === 1 || names.includes("test"))) return chosen;
  const found = `${names.join(", ")} with ${subsets.length} subsets`;
  throw new HarnessError("DATA_INVALID", `expected the split \`test\` with one subset, got ${found}.`, { where: path });
}

function measureNamed(name: string): string | undefined {
  try {
    return parseMeasure(name).text;
  } catch (error) {
    if (error instanceof HarnessError) return undefined;
    throw error;
  }
}

function leftOut(names: readonly string[]): readonly string[] {
  const [first] = names;
  return first === undefined
    ? []
    : [`Measures without a counterpart here, left out: ${names.length}, among them \`${first}\`.`];
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
