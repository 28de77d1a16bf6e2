import type { RankedRows, SearchQuestions } from "../engine/types.ts";
import { HarnessError } from "../errors.ts";
import { readArrays, type StoredArray, writeArrays } from "../storage/array-file.ts";
import type { ReadAnswer } from "./cell-questions.ts";

/** The rankings of a query in a fixed order: sweeps, in each its pairs of weights; then of every cut documents and scenarios. */
type Lists = readonly RankedRows[];

/** How many rankings a query has. */
export function listsOfQuery({ sweeps = [], cuts = [] }: Pick<SearchQuestions, "sweeps" | "cuts">): number {
  return sweeps.reduce((sum, { weights }) => sum + weights.length, 2 * cuts.length);
}

export function listsOf({ sweeps, cuts }: Pick<ReadAnswer, "sweeps" | "cuts">): Lists {
  return [...sweeps.flat(), ...cuts.flatMap(({ documents, scenarios }) => [documents, scenarios])];
}

/** The other way round. */
export function answerOf(
  lists: Lists,
  query: number,
  { sweeps = [], cuts = [] }: Pick<SearchQuestions, "sweeps" | "cuts">,
): ReadAnswer {
  const rest = lists.values();
  const next = () => rest.next().value ?? NOTHING;
  return {
    query,
    sweeps: sweeps.map(({ weights }) => weights.map(next)),
    cuts: cuts.map(() => ({ documents: next(), scenarios: next() })),
    scores: undefined,
  };
}

const NOTHING: RankedRows = { rows: new Int32Array(), scores: new Float64Array() };

/** Writes the rankings of some queries to a file. */
export async function writeRankings(path: string, queries: readonly Lists[]): Promise<void> {
  const lists = queries.flat();
  const total = lists.reduce((sum, { rows }) => sum + rows.length, 0);
  const ends = new Int32Array(lists.length);
  const rows = new Int32Array(total);
  const scores = new Float64Array(total);
  let at = 0;
  for (const [list, ranked] of lists.entries()) {
    rows.set(ranked.rows, at);
    scores.set(ranked.scores, at);
    at += ranked.rows.length;
    ends[list] = at;
  }
  await writeArrays(path, { ends, rows, scores: new Uint8Array(scores.buffer) });
}

/**
 * Reads them back, verified.
 *
 * @param perQuery rankings of a query
 * @throws {HarnessError} `DATA_INVALID` when the file is gone or damaged
 */
export async function readRankings(path: string, perQuery: number): Promise<readonly Lists[]> {
  const arrays = await readArrays(path);
  const ends = integers(arrays?.get("ends"), path);
  const rows = integers(arrays?.get("rows"), path);
  const bytes = arrays?.get("scores") ?? new Uint8Array();
  const scores = new Float64Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / Float64Array.BYTES_PER_ELEMENT);
  return Array.from({ length: ends.length / perQuery }, (_, query) =>
    Array.from({ length: perQuery }, (_, at) => {
      const list = query * perQuery + at;
      const start = ends[list - 1] ?? 0;
      return { rows: rows.subarray(start, ends[list]), scores: scores.subarray(start, ends[list]) };
    }),
  );
}

function integers(array: StoredArray | undefined, path: string): Int32Array {
  if (array instanceof Int32Array) return array;
  throw new HarnessError("DATA_INVALID", "expected the rankings that a task found; they are gone or damaged.", {
    where: path,
    hint: "Run the same command again: the task is done anew.",
  });
}
