import type { StoredVectors } from "../domain/embeddings.ts";
import { createRandomSource } from "../runtime/seeded-random.ts";
import { sharedFloats } from "./shared-arrays.ts";
import type { RankedVectors, ScenarioVectors, SearchRequest, VectorSource } from "./types.ts";

const STREAM = createRandomSource(1, "documents that guess the bars of a search");

/**
 * One document of each `stride` that follow each other, by chance, so that the order of a corpus does not matter; always the
 * same ones. What is left at the end is not drawn from.
 *
 * @returns ascending rows
 */
export function sampleRows(count: number, stride: number): Int32Array {
  const words = new Uint32Array(Math.floor(count / stride));
  STREAM.fill(words, 0);
  return Int32Array.from(words, (word, index) => index * stride + (word % stride));
}

/** The same questions about some of the documents alone, counted from 0 on. Files are read where they lie. */
export function requestOfRows(request: SearchRequest, rows: Int32Array): SearchRequest {
  const { documents, scenarios, excluded, sweeps } = request;
  const ranges = Array.from(rows, (row) => ({ first: row, end: row + 1 }));
  const owned = Array.from(rows, (row) => ({
    first: scenarios?.offsets[row] ?? 0,
    end: scenarios?.offsets[row + 1] ?? 0,
  }));
  return {
    ...request,
    documents: pickRanked(documents, ranges),
    scenarios: scenarios && { ...pickRanked(scenarios, owned), offsets: offsetsOf(owned) },
    excluded: excluded?.map((own) => positionsOf(own, rows)),
    sweeps: sweeps?.map((sweep) => ({ ...sweep, usable: sweep.usable && pickFlags(sweep.usable, owned) })),
  };
}

type Range = { readonly first: number; readonly end: number };

function pickRanked({ vectors }: RankedVectors | ScenarioVectors, ranges: readonly Range[]): RankedVectors {
  const picked = "runs" in vectors ? pickStored(vectors, ranges) : pickRows(vectors, ranges);
  return { vectors: picked, ties: Int32Array.from({ length: picked.count }, (_, row) => row) };
}

function offsetsOf(ranges: readonly Range[]): Int32Array {
  const offsets = new Int32Array(ranges.length + 1);
  for (const [index, { first, end }] of ranges.entries()) offsets[index + 1] = (offsets[index] ?? 0) + end - first;
  return offsets;
}

function pickRows(
  { dim, rows }: Extract<VectorSource, { rows: Float32Array }>,
  ranges: readonly Range[],
): VectorSource {
  const offsets = offsetsOf(ranges);
  const count = offsets.at(-1) ?? 0;
  const picked = sharedFloats(count * dim);
  for (const [index, { first, end }] of ranges.entries()) {
    picked.set(rows.subarray(first * dim, end * dim), (offsets[index] ?? 0) * dim);
  }
  return { count, dim, rows: picked };
}

/** Runs of the same files, one or more a range. */
function pickStored(vectors: StoredVectors, ranges: readonly Range[]): StoredVectors {
  const { count, dim, precision, runs } = vectors;
  const rowBytes = dim * (precision === "float32" ? 4 : 2);
  const picked: { row: number; file: number; offset: number }[] = [];
  let row = 0;
  let run = 0;
  for (const { first, end } of ranges) {
    for (let from = first; from < end; ) {
      while ((runs.firstRows[run + 1] ?? count) <= from) run++;
      const to = Math.min(end, runs.firstRows[run + 1] ?? count);
      const offset = (runs.offsets[run] ?? 0) + (from - (runs.firstRows[run] ?? 0)) * rowBytes;
      picked.push({ row, file: runs.files[run] ?? 0, offset });
      row += to - from;
      from = to;
    }
  }
  return {
    ...vectors,
    count: row,
    runs: {
      firstRows: Uint32Array.from(picked, ({ row }) => row),
      files: Uint32Array.from(picked, ({ file }) => file),
      offsets: Float64Array.from(picked, ({ offset }) => offset),
    },
  };
}

function pickFlags(flags: Uint8Array, ranges: readonly Range[]): Uint8Array {
  return Uint8Array.from(ranges.flatMap(({ first, end }) => [...flags.subarray(first, end)]));
}

/** Where the rows that are in both lists stand in the second one; both ascend. */
function positionsOf(wanted: Int32Array, rows: Int32Array): Int32Array {
  const found: number[] = [];
  let at = 0;
  for (const row of wanted) {
    while (at < rows.length && (rows[at] ?? 0) < row) at++;
    if (rows[at] === row) found.push(at);
  }
  return Int32Array.from(found);
}
