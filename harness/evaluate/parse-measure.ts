import { didYouMean } from "../component.ts";
import { HarnessError } from "../errors.ts";
import { measures } from "./registry.ts";
import type { Measure, MeasureParams, MeasureRequest } from "./types.ts";

/** What is measured when nobody says what. */
export const DEFAULT_MEASURES: readonly string[] = ["nDCG@10", "R@100", "AP", "RR@10"];

/** `where` is what an error points at: a flag, or `file:line:column` of a spec. */
type Place = { readonly where?: string | undefined };

type Parts = { readonly measure: Measure; readonly inside: string | undefined; readonly at: string | undefined };

const all: readonly Measure[] = Object.values(measures);
const byName = nameMap(({ name, aliases }) => [name, ...aliases]);
const byCutName = nameMap(({ cutName }) => (cutName === undefined ? [] : [cutName]));
const known: readonly string[] = [...byName.keys(), ...byCutName.keys()];

const GAINS = new Map<string, "linear" | "exp">([
  ["log2", "linear"],
  ["exp-log2", "exp"],
]);

/**
 * A measure in ir_measures' grammar (`nDCG@10`, `P(rel=2)@10`, `nDCG(dcg='exp-log2')@10`) or under trec_eval's name
 * (`ndcg_cut_10`, `ndcg_cut.10`, `map`). `text` of the result is the ir_measures form without default parameters.
 *
 * @throws {HarnessError} `MEASURE_INVALID`
 */
export function parseMeasure(text: string, place: Place = {}): MeasureRequest {
  const { measure, inside, at } = splitParts(text.trim(), place);
  const given = inside === undefined ? new Map<string, string>() : parseParameters(inside, { measure, place });
  const cutoff = at === undefined ? undefined : positiveInteger(at, { what: `${measure.name}@k`, place });
  if (cutoff === undefined && measure.cutoff === "required") {
    throw invalid(`\`${measure.name}\` needs a cutoff, got \`${text}\`.`, place, `Write \`${measure.name}@10\`.`);
  }
  const rel = given.get("rel");
  const params: MeasureParams = {
    cutoff,
    minGrade: rel === undefined ? 1 : positiveInteger(rel, { what: `${measure.name}(rel=N)`, place }),
    gain: gainOf(given.get("dcg"), place),
  };
  return { text: formatMeasure(measure, params), measure, params };
}

/**
 * Measures of a list, or of one text that parts them with white space or commas (outside parentheses), in the given
 * order; one that was named twice, under whatever names, comes once.
 *
 * @throws {HarnessError} `MEASURE_INVALID`, also for an empty list
 */
export function parseMeasures(list: string | readonly string[], place: Place = {}): readonly MeasureRequest[] {
  const texts = (typeof list === "string" ? [list] : list).flatMap(splitList);
  if (texts.length === 0)
    throw invalid("expected at least one measure, got none.", place, "Name one, as in `nDCG@10`.");
  const requests = texts.map((text) => parseMeasure(text, place));
  return [...new Map(requests.map((request) => [request.text, request])).values()];
}

/** Parts at white space and commas, but not inside parentheses, where `nDCG(dcg='exp-log2', ...)` has its own. */
function splitList(text: string): readonly string[] {
  return text.match(/(?:\([^)]*\)?|[^\s,(])+/g) ?? [];
}

function nameMap(namesOf: (measure: Measure) => readonly string[]): ReadonlyMap<string, Measure> {
  return new Map(all.flatMap((measure) => namesOf(measure).map((name) => [name, measure] as const)));
}

function formatMeasure({ name }: Measure, { cutoff, minGrade, gain }: MeasureParams): string {
  const inside = [...(gain === "exp" ? ["dcg='exp-log2'"] : []), ...(minGrade === 1 ? [] : [`rel=${minGrade}`])];
  return `${name}${inside.length === 0 ? "" : `(${inside.join(",")})`}${cutoff === undefined ? "" : `@${cutoff}`}`;
}

function splitParts(text: string, place: Place): Parts {
  const [, name = "", inside, at] = /^([^(@]+)(?:\(([^()]*)\))?(?:@(.*))?$/.exec(text) ?? [];
  if (name === "") throw invalid(`expected a measure such as \`nDCG@10\` or \`P(rel=2)@10\`, got \`${text}\`.`, place);
  const named = byName.get(name);
  if (named !== undefined) return { measure: named, inside, at };
  const [, cutName = "", cutoff] = /^(.+)[._](\d+)$/.exec(text) ?? [];
  const cut = byCutName.get(cutName);
  if (cut !== undefined) return { measure: cut, inside: undefined, at: cutoff };
  const names = Object.keys(measures).join(", ");
  throw invalid(`expected a measure (${names}), got \`${text}\`.`, place, didYouMean(name, known));
}

function parseParameters(
  inside: string,
  { measure, place }: { readonly measure: Measure; readonly place: Place },
): ReadonlyMap<string, string> {
  const given = new Map<string, string>();
  for (const part of inside.split(",")) {
    const [, key = "", single, double, bare] =
      /^\s*(\w+)\s*=\s*(?:'([^']*)'|"([^"]*)"|([^\s'"]+))\s*$/.exec(part) ?? [];
    if (key === "") throw invalid(`\`${measure.name}\`: expected \`parameter=value\`, got \`${part.trim()}\`.`, place);
    if (!measure.parameters.some((parameter) => parameter === key)) {
      const accepted = measure.parameters.join(", ") || "none";
      const hint = key === "cutoff" ? `Write \`${measure.name}@k\`.` : didYouMean(key, measure.parameters);
      throw invalid(`\`${measure.name}\`: expected a parameter it has (${accepted}), got \`${key}\`.`, place, hint);
    }
    if (given.has(key)) throw invalid(`\`${measure.name}\`: expected \`${key}\` once, got it twice.`, place);
    given.set(key, single ?? double ?? bare ?? "");
  }
  return given;
}

function gainOf(dcg: string | undefined, place: Place): "linear" | "exp" {
  if (dcg === undefined) return "linear";
  const gain = GAINS.get(dcg);
  if (gain !== undefined) return gain;
  const names = [...GAINS.keys()];
  throw invalid(`\`nDCG(dcg=...)\`: expected ${names.join(" or ")}, got \`${dcg}\`.`, place, didYouMean(dcg, names));
}

function positiveInteger(text: string, { what, place }: { readonly what: string; readonly place: Place }): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value > 0) return value;
  throw invalid(`\`${what}\`: expected a whole number above 0, got \`${text}\`.`, place);
}

function invalid(message: string, { where }: Place, hint = ""): HarnessError {
  return new HarnessError("MEASURE_INVALID", message, { where, hint });
}
