import type { Embeddings, StoredVectors } from "../domain/embeddings.ts";
import type { Cut, Engine } from "../engine/types.ts";
import { openVectorReader } from "../storage/vector-reader.ts";
import type { VectorFeedback } from "./feedback/types.ts";

export type VectorFeedbackTask = {
  readonly engine: Engine;
  /** The documents alone, whatever else is searched afterwards. */
  readonly documents: { readonly vectors: StoredVectors; readonly ties: Int32Array };
  readonly queries: Embeddings;
  /** As in a search: what may not be returned does not feed back. */
  readonly excluded: readonly Int32Array[];
  readonly signal?: AbortSignal | undefined;
  /** Called now and then: vectors read so far, of those that will be. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
};

/**
 * The queries' vectors after a first search has fed back. Every new vector is brought to the length of the old one,
 * which is 1 where encoders normalise: scores stay cosines, and the ranking is that of the sum as it stands. So a weight
 * of 0 for the documents changes nothing, and a query whose vector is zero keeps it, as does one that finds nothing.
 *
 * It costs one more pass over the documents' vectors, and holds the queries' twice.
 *
 * @throws as the engine's search and `openVectorReader`
 */
export async function feedBackVectors(feedback: VectorFeedback, task: VectorFeedbackTask): Promise<Embeddings> {
  const { engine, documents, queries, excluded, signal, onProgress } = task;
  const { count, dim } = queries;
  const rows = queries.rows.slice();
  const depth = { document: feedback.depth, scenario: 1 };
  const cut: Cut = { depths: Array.from({ length: count }, () => depth), excluded: "leave" };
  const reader = openVectorReader(documents.vectors);
  try {
    const first = engine.search({ documents, queries, excluded, cuts: [cut], signal, onProgress });
    for await (const { query, cuts } of first) {
      const found = cuts[0]?.documents.rows ?? new Int32Array();
      if (found.length === 0) continue;
      const mean = new Float64Array(dim);
      const vector = new Float32Array(dim);
      for (const row of found) {
        reader.read(row, 1, vector);
        for (const [d, value] of vector.entries()) mean[d] = (mean[d] ?? 0) + value / found.length;
      }
      move(rows.subarray(query * dim, (query + 1) * dim), mean, feedback.weights(found.length));
    }
  } finally {
    reader.close();
  }
  return { count, dim, rows };
}

/** Turns a query's vector into the weighted sum's direction, in place; a sum of zero has none. */
function move(query: Float32Array, mean: Float64Array, weights: ReturnType<VectorFeedback["weights"]>): void {
  const sum = Float64Array.from(query, (value, d) => weights.query * value + weights.documents * (mean[d] ?? 0));
  const length = lengthOf(sum);
  if (length === 0) return;
  const scale = lengthOf(query) / length;
  for (const [d, value] of sum.entries()) query[d] = value * scale;
}

function lengthOf(vector: Float32Array | Float64Array): number {
  let squares = 0;
  for (const value of vector) squares += value * value;
  return Math.sqrt(squares);
}
