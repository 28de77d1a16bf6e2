import type { StoredVectors } from "../../harness/domain/embeddings.ts";
import type { EmbeddingCache, EmbeddingRequest } from "../../harness/encode/embedding-cache.ts";
import { openVectorReader } from "../../harness/storage/vector-reader.ts";

/** All rows, read from the files. */
export function rowsOf(vectors: StoredVectors): Float32Array {
  const rows = new Float32Array(vectors.count * vectors.dim);
  const reader = openVectorReader(vectors);
  reader.read(0, vectors.count, rows);
  reader.close();
  return rows;
}

/** The texts that a cache has no vector for. */
export async function missingTexts(cache: EmbeddingCache, request: EmbeddingRequest): Promise<readonly string[]> {
  const texts: string[] = [];
  for await (const { text } of cache.missing(request)) texts.push(text.text);
  return texts;
}
