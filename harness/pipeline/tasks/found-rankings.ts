import { roomForHits } from "../../engine/merge-hits.ts";
import type { Answer, Hits, RankedRows, SearchQuestions } from "../../engine/types.ts";
import { HarnessError } from "../../errors.ts";
import { readArrays, type StoredArray, writeArrays } from "../../storage/array-file.ts";

/**
 * The rankings of a query in a fixed order: sweeps, in each its pairs of weights; then of every cut documents and scenarios,
 * which have scores of their own only.
 */
type Lists = readonly Hits[];
type Asked = Pick<SearchQuestions, "sweeps" | "cuts">;

/** How many rankings a query has. */
export function listsOfQuery({ sweeps = [], cuts = [] }: Asked): number {
  return sweeps.reduce((sum, { weights }) => sum + weights.length, 2 * cuts.length);
}

/** Copies: an answer is gone once the next is drawn. */
export function listsOf({ sweeps, cuts }: Pick<Answer, "sweeps" | "cuts">): Lists {
  const plain = ({ rows, scores }: RankedRows): Hits => ({ ...roomForHits(rows.length), rows, scores });
  const lists = [...sweeps.flat(), ...cuts.flatMap((cut) => [plain(cut.documents), plain(cut.scenarios)])];
  return lists.map(({ rows, scores, documentScores, scenarioScores, scenarioRows }) => ({
    rows: rows.slice(),
    scores: scores.slice(),
    documentScores: documentScores.slice(),
    scenarioScores: scenarioScores.slice(),
    scenarioRows: scenarioRows.slice(),
  }));
}

/** The other way round. */
export function answerOf(lists: Lists, query: number, { sweeps = [], cuts = [] }: Asked): Answer {
  const rest = lists.values();
  const next = () => rest.next().value ?? roomForHits(0);
  const plain = ({ rows, scores }: Hits): RankedRows => ({ rows, scores });
  return {
    query,
    sweeps: sweeps.map(({ weights }) => weights.map(next)),
    cuts: cuts.map(() => ({ documents: plain(next()), scenarios: plain(next()) })),
    scores: undefined,
  };
}

/** Writes the rankings of some queries to a file. */
export async function writeRankings(path: string, queries: readonly Lists[]): Promise<void> {
  const lists = queries.flat();
  const all = roomForHits(lists.reduce((sum, { rows }) => sum + rows.length, 0));
  const ends = new Int32Array(lists.length);
  let at = 0;
  for (const [list, hits] of lists.entries()) {
    all.rows.set(hits.rows, at);
    all.scores.set(hits.scores, at);
    all.documentScores.set(hits.documentScores, at);
    all.scenarioScores.set(hits.scenarioScores, at);
    all.scenarioRows.set(hits.scenarioRows, at);
    at += hits.rows.length;
    ends[list] = at;
  }
  await writeArrays(path, {
    ends,
    rows: all.rows,
    scores: new Uint8Array(all.scores.buffer),
    documentScores: new Uint8Array(all.documentScores.buffer),
    scenarioScores: new Uint8Array(all.scenarioScores.buffer),
    scenarioRows: all.scenarioRows,
  });
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
  const all: Hits = {
    rows: integers(arrays?.get("rows"), path),
    scores: new Float64Array(bufferOf(arrays?.get("scores"))),
    documentScores: new Float32Array(bufferOf(arrays?.get("documentScores"))),
    scenarioScores: new Float32Array(bufferOf(arrays?.get("scenarioScores"))),
    scenarioRows: integers(arrays?.get("scenarioRows"), path),
  };
  return Array.from({ length: ends.length / perQuery }, (_, query) =>
    Array.from({ length: perQuery }, (_, at) => sliceHits(all, ends, query * perQuery + at)),
  );
}

function sliceHits(all: Hits, ends: Int32Array, list: number): Hits {
  const [start, end] = [ends[list - 1] ?? 0, ends[list]];
  return {
    rows: all.rows.subarray(start, end),
    scores: all.scores.subarray(start, end),
    documentScores: all.documentScores.subarray(start, end),
    scenarioScores: all.scenarioScores.subarray(start, end),
    scenarioRows: all.scenarioRows.subarray(start, end),
  };
}

/** Each array has memory of its own. */
function bufferOf(array: StoredArray | undefined): ArrayBufferLike {
  return array?.buffer ?? new ArrayBuffer(0);
}

function integers(array: StoredArray | undefined, path: string): Int32Array {
  if (array instanceof Int32Array) return array;
  throw new HarnessError("DATA_INVALID", "expected the rankings that a task found; they are gone or damaged.", {
    where: path,
    hint: "Run the same command again: the task is done anew.",
  });
}
