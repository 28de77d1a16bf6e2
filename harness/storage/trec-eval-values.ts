import { HarnessError } from "../errors.ts";
import { readLineBatches } from "./text-lines.ts";
import { type FieldLine, holdsNoData, placeOf, splitFields } from "./trec-fields.ts";

/** Values of one measure by query, as trec_eval names both. */
export type TrecEvalValues = ReadonlyMap<string, ReadonlyMap<string, number>>;

/** What trec_eval writes for the mean over all queries. */
const MEAN = "all";

/**
 * The per-query values of `trec_eval -q`: lines of measure, query and value. Means are passed over, and so is what is no
 * number (`runid`, `relstring`); values have the four decimals that trec_eval prints.
 *
 * @throws {HarnessError} with `path:line`: `DATA_INVALID` for another number of fields, `VALUE_INVALID` for NaN or
 *   infinity, `DUPLICATE_ID` for a second value of one measure and query; `DATA_INVALID` for a file without per-query values
 */
export async function readTrecEvalValues(path: string): Promise<TrecEvalValues> {
  const values = new Map<string, Map<string, number>>();
  for await (const { first, lines } of readLineBatches(path)) {
    for (const [index, text] of lines.entries()) {
      const fields = splitFields(text);
      if (!holdsNoData(fields)) addValue(values, { path, line: first + index, fields });
    }
  }
  if (values.size > 0) return values;
  throw new HarnessError("DATA_INVALID", "expected the values of single queries, found means only.", {
    where: path,
    hint: "Run `trec_eval -q -c`.",
  });
}

function addValue(values: Map<string, Map<string, number>>, line: FieldLine): void {
  const [measure, query, text] = line.fields;
  if (line.fields.length !== 3 || measure === undefined || query === undefined || text === undefined) {
    throw new HarnessError("DATA_INVALID", `expected 3 fields, got ${line.fields.length}.`, {
      where: placeOf(line),
      hint: "`trec_eval -q` writes `measure query value`.",
    });
  }
  if (query === MEAN || measure === "runid" || text.startsWith("'")) return;
  const value = Number(text);
  if (!Number.isFinite(value)) {
    throw new HarnessError("VALUE_INVALID", `expected a finite value, got \`${text}\`.`, { where: placeOf(line) });
  }
  const own = values.get(measure) ?? new Map<string, number>();
  if (own.has(query)) {
    throw new HarnessError("DUPLICATE_ID", `\`${measure}\` of query \`${query}\` stands twice.`, {
      where: placeOf(line),
    });
  }
  values.set(measure, own.set(query, value));
}
