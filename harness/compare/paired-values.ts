import type { SystemValues, ValueOrigin } from "../domain/comparison.ts";
import type { QueryId } from "../domain/ids.ts";
import { compareIds } from "../domain/run.ts";
import { HarnessError } from "../errors.ts";

/** Values of two systems side by side, in ascending order of query ids, so that no order of a file matters. */
export type PairedValues = {
  readonly dataset: string;
  readonly systemA: string;
  readonly systemB: string;
  readonly a: readonly number[];
  readonly b: readonly number[];
  /** a - b. */
  readonly differences: readonly number[];
  readonly notes: readonly string[];
};

export type PairingOptions = { readonly allowMixed?: boolean | undefined };

/**
 * @throws {HarnessError} `ORACLE_REFUSED`, `POLICIES_DIFFER`, `QUERY_SETS_DIFFER`, `TOO_FEW_QUERIES`, `VALUE_INVALID`
 */
export function pairValues(
  a: SystemValues,
  b: SystemValues,
  { allowMixed = false }: PairingOptions = {},
): PairedValues {
  for (const one of [a, b]) refuseOracle(one);
  if (a.dataset !== b.dataset) {
    throw new HarnessError("QUERY_SETS_DIFFER", `expected two systems on one dataset, got \`${b.dataset}\` as well.`, {
      where: placeOf(a),
    });
  }
  const notes = mixedNotes(a, b, allowMixed);
  const ids = sharedQueries([a, b]);
  const [left, right] = [valuesOf(a, ids), valuesOf(b, ids)];
  return {
    dataset: a.dataset,
    systemA: a.system,
    systemB: b.system,
    a: left,
    b: right,
    differences: left.map((value, query) => value - (right[query] ?? 0)),
    notes,
  };
}

/**
 * The queries that all of them have, ascending.
 *
 * @throws {HarnessError} `QUERY_SETS_DIFFER` when one has others; `TOO_FEW_QUERIES` when there are fewer than two
 */
export function sharedQueries([first, ...others]: readonly SystemValues[]): readonly QueryId[] {
  if (first === undefined) return [];
  for (const other of others) {
    const stray = strayQuery(first, other) ?? strayQuery(other, first);
    if (stray !== undefined) {
      const { id, has, lacks } = stray;
      throw new HarnessError("QUERY_SETS_DIFFER", `query \`${id}\` of \`${has}\` is missing in \`${lacks}\`.`, {
        where: placeOf(first),
        hint: "Evaluate both with the same judgements; a query that a run did not answer counts as 0.",
      });
    }
  }
  if (first.values.size < 2) {
    const found = `expected two queries or more, found ${first.values.size}.`;
    throw new HarnessError("TOO_FEW_QUERIES", found, { where: placeOf(first) });
  }
  return [...first.values.keys()].sort(compareIds);
}

/** @throws {HarnessError} `VALUE_INVALID` for a value that is missing or not finite */
export function valuesOf(system: SystemValues, ids: readonly QueryId[]): readonly number[] {
  return ids.map((id) => {
    const value = system.values.get(id);
    if (value !== undefined && Number.isFinite(value)) return value;
    const found = `query \`${id}\`: expected a finite value, got ${value ?? "none"}.`;
    throw new HarnessError("VALUE_INVALID", found, { where: placeOf(system) });
  });
}

/** @throws {HarnessError} `POLICIES_DIFFER` unless mixing is allowed; then a sentence says what was mixed */
export function mixedNotes(a: ValueOrigin, b: ValueOrigin, allowMixed: boolean): readonly string[] {
  const what = [
    ...(a.policyHash === b.policyHash ? [] : ["evaluation policies"]),
    ...(a.dataset !== b.dataset || a.qrelsSha256 === b.qrelsSha256 ? [] : ["judgements"]),
  ].join(" and ");
  if (what === "") return [];
  if (allowMixed) return [`Values under different ${what} are compared.`];
  throw new HarnessError("POLICIES_DIFFER", `the values are under different ${what}.`, {
    where: a.dataset === b.dataset ? a.dataset : `${a.dataset} and ${b.dataset}`,
    hint: "Evaluate again under one policy, or allow the mix with --allow-mixed.",
  });
}

function refuseOracle(system: SystemValues): void {
  if (system.alphaChoice !== "oracle") return;
  const found = "its alpha was tuned on the queries that it is measured on, so no test may claim its difference.";
  throw new HarnessError("ORACLE_REFUSED", found, {
    where: placeOf(system),
    hint: "Declare alpha before the run, or choose it by cross-fitting.",
  });
}

function strayQuery(has: SystemValues, lacks: SystemValues) {
  for (const id of has.values.keys()) {
    if (!lacks.values.has(id)) return { id, has: has.system, lacks: lacks.system };
  }
  return undefined;
}

function placeOf({ system, dataset }: SystemValues): string {
  return `${system} on ${dataset}`;
}
