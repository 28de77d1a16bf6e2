import type { Embeddings } from "../domain/embeddings.ts";
import type { QueryPart, QueryText } from "../domain/query.ts";
import type { EmbeddedTexts, EmbeddingCache } from "../encode/embedding-cache.ts";
import type { Encoder, NamedText } from "../encode/types.ts";
import { HarnessError } from "../errors.ts";
import { breathe } from "../runtime/clock.ts";
import { openVectorReader } from "../storage/vector-reader.ts";
import type { VectorSource } from "./types.ts";

const ROLES = ["query", "document"] as const;
/** Queries whose vectors are read between two turns of the event loop. */
const QUERIES_PER_TURN = 256;

/** Texts that the vectors of some queries are made of, those of one role, in the order of queries and parts. */
export type RoleTexts = { readonly role: QueryPart["role"]; readonly texts: readonly NamedText[] };

/**
 * What has to be encoded for queries: of a plain query its text.
 *
 * @throws {HarnessError} `SPEC_INVALID` for expanded queries and an encoder that knows texts by their ids alone
 */
export function queryTexts(queries: readonly QueryText[], { reads }: Pick<Encoder, "reads">): readonly RoleTexts[] {
  const expanded = reads === "id" ? queries.find(({ parts }) => parts !== undefined) : undefined;
  if (expanded !== undefined) {
    throw new HarnessError("SPEC_INVALID", "vectors made elsewhere go by id, so there is none for a generated text.", {
      where: `query \`${expanded.id}\``,
      hint: "Leave the pairs of such a retriever and an expansion out by `exclude`.",
    });
  }
  return ROLES.map((role) => ({
    role,
    texts: queries.flatMap((query) =>
      partsOf(query).flatMap((part, at) =>
        part.role === role ? [{ id: query.parts === undefined ? query.id : `${query.id}#${at}`, text: part.text }] : [],
      ),
    ),
  })).filter(({ role, texts }) => role === "query" || texts.length > 0);
}

function partsOf({ text, parts }: QueryText): readonly QueryPart[] {
  return parts ?? [{ text, weight: 1, role: "query" }];
}

type EmbedParts = {
  readonly source: VectorSource;
  readonly embeddings: EmbeddingCache;
  readonly signal: AbortSignal | undefined;
};

export type EmbeddedQueries = Pick<EmbeddedTexts, "encoded" | "truncated"> & {
  /** A row of unit norm a query, or of zeros. */
  readonly vectors: Embeddings;
};

/**
 * The vectors of queries, in memory: of a plain query that of its text as it is stored, of an expanded one the weighted sum
 * of its parts, brought to norm 1. Memory holds the parts of a few queries at a time.
 *
 * @throws as `queryTexts` and `EmbeddingCache.embed`
 */
export async function embedQueries(
  queries: readonly QueryText[],
  { source, embeddings, signal }: EmbedParts,
): Promise<EmbeddedQueries> {
  const embedded = new Map<QueryPart["role"], EmbeddedTexts>();
  for (const { role, texts } of queryTexts(queries, source.encoder)) {
    const request = { ...source, role, count: texts.length, texts: stream(texts), signal };
    embedded.set(role, await embeddings.embed(request));
  }
  const all = [...embedded.values()];
  return {
    encoded: all.reduce((sum, { encoded }) => sum + encoded, 0),
    truncated: all.reduce((sum, { truncated }) => sum + truncated, 0),
    vectors: await combineAll(queries, embedded, { dim: source.encoder.dim, signal }),
  };
}

async function* stream(texts: readonly NamedText[]): AsyncGenerator<NamedText> {
  yield* texts;
}

async function combineAll(
  queries: readonly QueryText[],
  embedded: ReadonlyMap<QueryPart["role"], EmbeddedTexts>,
  { dim, signal }: { readonly dim: number; readonly signal: AbortSignal | undefined },
): Promise<Embeddings> {
  const rows = new Float32Array(queries.length * dim);
  const readers = Array.from(embedded, ([role, { vectors }]) => ({ role, reader: openVectorReader(vectors), next: 0 }));
  try {
    for (let first = 0; first < queries.length; first += QUERIES_PER_TURN) {
      signal?.throwIfAborted();
      const some = queries.slice(first, first + QUERIES_PER_TURN).map(partsOf);
      const vectors = new Map<QueryPart, Float32Array>();
      for (const one of readers) {
        const parts = some.flat().filter(({ role }) => role === one.role);
        const block = new Float32Array(parts.length * dim);
        one.reader.read(one.next, parts.length, block);
        one.next += parts.length;
        for (const [at, part] of parts.entries()) vectors.set(part, block.subarray(at * dim, (at + 1) * dim));
      }
      for (const [at, parts] of some.entries()) {
        const weighted = parts.map((part) => ({
          weight: part.weight,
          vector: vectors.get(part) ?? new Float32Array(dim),
        }));
        rows.set(combineVectors(weighted, dim), (first + at) * dim);
      }
      await breathe();
    }
  } finally {
    for (const { reader } of readers) reader.close();
  }
  return { count: queries.length, dim, rows };
}

export type WeightedVector = { readonly weight: number; readonly vector: Float32Array };

/**
 * The weighted sum of vectors in double, brought to norm 1; zeros when they cancel out. One vector alone stays as it is, to
 * the last bit.
 */
export function combineVectors(parts: readonly WeightedVector[], dim: number): Float32Array {
  const [only, second] = parts;
  if (only !== undefined && second === undefined) return only.vector;
  const sum = new Float64Array(dim);
  for (const { weight, vector } of parts) {
    for (let d = 0; d < dim; d++) sum[d] = (sum[d] ?? 0) + weight * (vector[d] ?? 0);
  }
  const norm = Math.sqrt(sum.reduce((squares, value) => squares + value * value, 0));
  return Float32Array.from(sum, (value) => (norm === 0 ? 0 : value / norm));
}
