import { HarnessError } from "../errors.ts";
import type { Cut, RankedVectors, ScenarioVectors, SearchRequest, Sweep } from "./types.ts";

const MOST_HITS = 10_000;

/**
 * Holds a request to what its types cannot say.
 *
 * @throws {HarnessError} `DIMENSION_MISMATCH` when lengths do not fit each other, `SCORE_INVALID` for a query that is not
 *   finite, `SPEC_INVALID` for weights, depths and counts out of range
 */
export function checkRequest(request: SearchRequest): void {
  const { documents, scenarios, queries, excluded, sweeps = [], cuts = [] } = request;
  checkVectors("documents", documents, queries.dim);
  if (queries.rows.length !== queries.count * queries.dim) {
    throw misfit("queries", `${queries.count} x ${queries.dim} values`, queries.rows.length);
  }
  if (scenarios !== undefined) {
    checkVectors("scenarios", scenarios, queries.dim);
    checkOffsets(scenarios, documents.vectors.count);
  }
  if (excluded !== undefined && excluded.length !== queries.count) {
    throw misfit("excluded rows", `a list for each of ${queries.count} queries`, excluded.length);
  }
  const scenarioCount = scenarios?.vectors.count ?? 0;
  for (const sweep of sweeps) checkSweep(sweep, scenarioCount);
  for (const cut of cuts) checkCut(cut, { queries: queries.count, scenarios: scenarioCount });
  checkFinite(queries.rows, queries.dim);
}

function checkVectors(what: string, { vectors, ties }: RankedVectors, dim: number): void {
  if (vectors.dim !== dim) throw misfit(what, `vectors of the queries' dimension ${dim}`, vectors.dim);
  if (ties.length !== vectors.count) throw misfit(what, `${vectors.count} tie ranks`, ties.length);
  if ("rows" in vectors && vectors.rows.length !== vectors.count * dim) {
    throw misfit(what, `${vectors.count} x ${dim} values`, vectors.rows.length);
  }
}

function checkOffsets({ vectors, offsets }: ScenarioVectors, documents: number): void {
  if (offsets.length !== documents + 1) throw misfit("offsets", `${documents + 1} of them`, offsets.length);
  if (offsets[0] !== 0) throw misfit("offsets", "0 at the beginning", offsets[0]);
  const falls = offsets.findIndex((offset, document) => offset < (offsets[document - 1] ?? 0));
  if (falls !== -1) throw misfit("offsets", `at least ${offsets[falls - 1]} at position ${falls}`, offsets[falls]);
  if (offsets.at(-1) !== vectors.count) throw misfit("offsets", `${vectors.count} at the end`, offsets.at(-1));
}

function checkSweep({ weights, k, topK, usable }: Sweep, scenarios: number): void {
  checkCount("`k`", k, MOST_HITS);
  checkCount("`topK`", topK, Number.MAX_SAFE_INTEGER);
  checkUsable(usable, scenarios);
  const wrong = weights.flatMap(({ document, scenario }) => [document, scenario]).find((weight) => !isWeight(weight));
  if (wrong !== undefined) throw outOfRange("a weight", "a finite number of at least 0", wrong);
}

function isWeight(weight: number): boolean {
  return Number.isFinite(weight) && weight >= 0;
}

function checkCut({ depths, usable }: Cut, { queries, scenarios }: { queries: number; scenarios: number }): void {
  checkUsable(usable, scenarios);
  if (depths.length !== queries) throw misfit("depths", `one for each of ${queries} queries`, depths.length);
  for (const { document, scenario } of depths) {
    checkCount("a depth", document, Number.MAX_SAFE_INTEGER);
    checkCount("a depth", scenario, Number.MAX_SAFE_INTEGER);
  }
}

function checkCount(what: string, count: number, most: number): void {
  if (Number.isSafeInteger(count) && count >= 1 && count <= most) return;
  throw outOfRange(
    what,
    most === MOST_HITS ? `a whole number from 1 to ${most}` : "a whole number of at least 1",
    count,
  );
}

function checkUsable(usable: Uint8Array | undefined, scenarios: number): void {
  if (usable !== undefined && usable.length !== scenarios) {
    throw misfit("usable", `a flag for each of ${scenarios} scenarios`, usable.length);
  }
}

function checkFinite(rows: Float32Array, dim: number): void {
  const at = rows.findIndex((value) => !Number.isFinite(value));
  if (at === -1) return;
  throw new HarnessError("SCORE_INVALID", `expected finite values, found ${rows[at]}.`, {
    where: `queries, row ${Math.floor(at / dim)}`,
    hint: "Its vector was not made properly; encode the query again.",
  });
}

function misfit(what: string, expected: string, found: number | undefined): HarnessError {
  return new HarnessError("DIMENSION_MISMATCH", `${what}: expected ${expected}, got ${found}.`);
}

function outOfRange(what: string, expected: string, found: number): HarnessError {
  return new HarnessError("SPEC_INVALID", `engine: expected ${what} to be ${expected}, got ${found}.`);
}
