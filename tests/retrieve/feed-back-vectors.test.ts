import { afterAll, describe, expect, it } from "vitest";
import type { Fragment } from "../../harness/component.ts";
import type { StoredVectors } from "../../harness/domain/embeddings.ts";
import { createEngine } from "../../harness/engine/registry.ts";
import { feedBackVectors } from "../../harness/retrieve/feed-back-vectors.ts";
import { createVectorFeedback } from "../../harness/retrieve/feedback/registry.ts";
import { packVectors } from "../../harness/storage/pack-vectors.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const folder = temporaryFolder();
const engine = await createEngine({ kind: "flat" }, { threads: 1, maxBytes: 2 ** 24 }).open();
afterAll(() => engine.close());

const NORMED = Math.SQRT1_2;
/** Along the axes of three dimensions, and between the first two. */
const DOCUMENTS = [
  [1, 0, 0],
  [0, 1, 0],
  [0, 0, 1],
  [NORMED, NORMED, 0],
];
let files = 0;

async function stored(vectors: readonly (readonly number[])[]): Promise<StoredVectors> {
  const packed = packVectors(Float32Array.from(vectors.flat()), "float32");
  const path = await folder.write(`vectors-${files++}.bin`, packed);
  return {
    ...{ count: vectors.length, dim: 3, precision: "float32", files: [path] },
    runs: { firstRows: Uint32Array.of(0), files: Uint32Array.of(0), offsets: Float64Array.of(0) },
  };
}

type Asked = { readonly excluded?: readonly number[]; readonly documents?: readonly (readonly number[])[] };

/** The vector of one query after feedback. */
async function moved(feedback: Fragment, query: readonly number[], asked: Asked = {}) {
  const vectors = await stored(asked.documents ?? DOCUMENTS);
  const { rows } = await feedBackVectors(createVectorFeedback(feedback), {
    engine,
    documents: { vectors, ties: Int32Array.from({ length: vectors.count }, (_, row) => row) },
    queries: { count: 1, dim: 3, rows: Float32Array.from(query) },
    excluded: [Int32Array.from(asked.excluded ?? [])],
  });
  return [...rows];
}

function expectVector(found: readonly number[], direction: readonly number[]): void {
  const length = Math.hypot(...direction);
  for (const [d, value] of direction.entries()) expect(found[d]).toBeCloseTo(value / length, 6);
}

describe("feedBackVectors", () => {
  it("averages the query with the best documents and brings the sum to the query's length", async () => {
    // best first: (1, 0, 0), then (0.71, 0.71, 0)
    const found = await moved({ kind: "average", depth: 2 }, [1, 0, 0]);
    expectVector(found, [1 + 1 + NORMED, 0 + 0 + NORMED, 0]);
    expect(Math.hypot(...(await moved({ kind: "average", depth: 2 }, [2, 0, 0])))).toBeCloseTo(2, 6);
  });

  it("adds beta times the mean of the best documents to alpha times the query", async () => {
    const found = await moved({ kind: "rocchio", depth: 2, alpha: 0.4, beta: 0.6 }, [1, 0, 0]);
    expectVector(found, [0.4 + (0.6 * (1 + NORMED)) / 2, (0.6 * NORMED) / 2, 0]);
  });

  it("passes over documents that may not be returned", async () => {
    expectVector(await moved({ kind: "average", depth: 1 }, [1, 0, 0], { excluded: [0] }), [1 + NORMED, NORMED, 0]);
  });

  it("takes what is there where fewer documents are, and leaves the query where there is none", async () => {
    const one = { documents: [[0, 1, 0]] };
    expectVector(await moved({ kind: "average", depth: 9 }, [1, 0, 0], one), [1, 1, 0]);
    const query = [0.6, 0.8, 0].map(Math.fround);
    expect(await moved({ kind: "average" }, query, { ...one, excluded: [0] })).toEqual(query);
    expect(await moved({ kind: "average" }, query, { documents: [] })).toEqual(query);
  });

  it("changes no bit at beta 0, whatever alpha is", async () => {
    const query = [0.1, -0.7, 0.3].map(Math.fround);
    for (const alpha of [1, 0.9, 0.123, 7e-5]) {
      expect(await moved({ kind: "rocchio", alpha, beta: 0 }, query)).toEqual(query);
    }
  });

  it("keeps a query of zeros, and one that the documents cancel out", async () => {
    expect(await moved({ kind: "average" }, [0, 0, 0])).toEqual([0, 0, 0]);
    const opposite = { documents: [[-1, 0, 0]] };
    expect(await moved({ kind: "average", depth: 1 }, [1, 0, 0], opposite)).toEqual([1, 0, 0]);
  });

  it("moves each query by its own documents, and leaves what it was given", async () => {
    const vectors = await stored(DOCUMENTS);
    const queries = { count: 2, dim: 3, rows: Float32Array.of(0, 0, 1, 0, 1, 0) };
    const { rows } = await feedBackVectors(createVectorFeedback({ kind: "average", depth: 2 }), {
      ...{ engine, queries, documents: { vectors, ties: Int32Array.of(0, 1, 2, 3) } },
      excluded: [Int32Array.of(1, 3), new Int32Array()],
    });
    // the second best of the first query is a tie of zeros, which the lowest tie rank wins
    expectVector([...rows.subarray(0, 3)], [1, 0, 1 + 1]);
    expectVector([...rows.subarray(3)], [NORMED, 1 + 1 + NORMED, 0]);
    expect([...queries.rows]).toEqual([0, 0, 1, 0, 1, 0]);
  });
});
