import type { SearchRequest, VectorSource } from "./types.ts";

/**
 * The request with every large array where all threads see it. What lies there already is used as it is; anything else is
 * copied once, vectors in memory included.
 */
export function shareRequest(request: SearchRequest): SearchRequest {
  const { documents, scenarios, sweeps, cuts } = request;
  const usable = new Map<Uint8Array, Uint8Array>();
  function shareFlags<Question extends { readonly usable?: Uint8Array | undefined }>(question: Question): Question {
    const flags = question.usable;
    if (flags === undefined) return question;
    const shared = usable.get(flags) ?? sharedBytes(flags);
    usable.set(flags, shared);
    return { ...question, usable: shared };
  }
  return {
    ...request,
    documents: { vectors: shareVectors(documents.vectors), ties: sharedInts(documents.ties) },
    scenarios: scenarios && {
      vectors: shareVectors(scenarios.vectors),
      ties: sharedInts(scenarios.ties),
      offsets: sharedInts(scenarios.offsets),
    },
    sweeps: sweeps?.map(shareFlags),
    cuts: cuts?.map(shareFlags),
  };
}

/** Zeros that all threads see. */
export function sharedFloats(length: number): Float32Array {
  return new Float32Array(new SharedArrayBuffer(length * Float32Array.BYTES_PER_ELEMENT));
}

export function sharedInts(values: Int32Array): Int32Array {
  if (values.buffer instanceof SharedArrayBuffer) return values;
  const shared = new Int32Array(new SharedArrayBuffer(values.byteLength));
  shared.set(values);
  return shared;
}

function sharedBytes(values: Uint8Array): Uint8Array {
  if (values.buffer instanceof SharedArrayBuffer) return values;
  const shared = new Uint8Array(new SharedArrayBuffer(values.byteLength));
  shared.set(values);
  return shared;
}

/** Stored vectors are few bytes: where to read. */
function shareVectors(vectors: VectorSource): VectorSource {
  if (!("rows" in vectors) || vectors.rows.buffer instanceof SharedArrayBuffer) return vectors;
  const rows = sharedFloats(vectors.rows.length);
  rows.set(vectors.rows);
  return { ...vectors, rows };
}
