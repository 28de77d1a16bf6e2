import { HarnessError } from "../errors.ts";
import { vectorAt } from "../storage/arrow-shards.ts";
import { checkVectors } from "./check-vectors.ts";
import type { EmbeddedTexts, EmbedRequest } from "./embedding-cache.ts";
import { type RefusedText, RefusedTexts, refusedError } from "./refused-texts.ts";
import { openShardWriter } from "./shard-writer.ts";
import type { Encoder, NamedText } from "./types.ts";
import type { VectorIndex } from "./vector-index.ts";
import { vectorKeys } from "./vector-key.ts";

/** A text and the row its vector goes to. */
type Slot = NamedText & { readonly key: string; readonly row: number };

/** Texts of one look-up, at least; larger look-ups fill the encoder's batches better where most texts are stored. */
const LOOK_UP = 1024;

/**
 * Vectors of texts in their order: stored ones are read, distinct missing ones are encoded once, in batches, and stored
 * as they come. What was encoded is stored too when the work ends early. Of stored ones it is not known whether all of
 * the text was read: `truncated` counts those that are encoded here.
 *
 * @throws {HarnessError} `DATA_INVALID` when `count` is not the number of texts, and, once all others are stored, for texts
 *   that the encoder refuses; as `checkVectors`; as `writeFileAtomic`
 */
export async function embedTexts(index: VectorIndex, shardRows: number, request: EmbedRequest): Promise<EmbeddedTexts> {
  const { encoder, count, signal, onProgress } = request;
  const { dim } = encoder;
  const rows = new Float32Array(count * dim);
  const keyOf = vectorKeys(encoder, request.role);
  const writer = openShardWriter(index, dim, shardRows);
  const firstRows = new Map<string, number>();
  let next = 0;
  let done = 0;
  let encoded = 0;
  let truncated = 0;
  const partlyRead = new Set<string>();
  const refused: RefusedText[] = [];

  function progress(finished: number): void {
    done += finished;
    if (finished > 0) onProgress?.(done);
  }

  async function encode(slots: readonly Slot[]): Promise<void> {
    signal?.throwIfAborted();
    const { vectors, missing, cut } = await encodeChecked(encoder, request.role, slots);
    refused.push(...missing.values());
    encoded += slots.length - missing.size;
    for (const position of cut) partlyRead.add(slots[position]?.key ?? "");
    for (const [position, { key, row }] of slots.entries()) {
      if (missing.has(position)) continue;
      rows.set(vectors.subarray(position * dim, (position + 1) * dim), row * dim);
      await writer.add(key, rows.subarray(row * dim, (row + 1) * dim));
    }
    progress(slots.length);
  }

  async function place(texts: readonly NamedText[]): Promise<void> {
    const slots = texts.map((text, position) => ({ ...text, key: keyOf(text), row: next + position }));
    next += slots.length;
    if (next > count) throw wrongCount(count, next);
    for (const { key, row } of slots) if (!firstRows.has(key)) firstRows.set(key, row);
    const distinct = slots.filter(({ key, row }) => firstRows.get(key) === row);
    const missing = await readStored(index, distinct, rows);
    progress(distinct.length - missing.length);
    for (const batch of slices(missing, encoder.batchSize)) await encode(batch);
    for (const { key, row } of slots) {
      const first = firstRows.get(key) ?? row;
      if (first !== row) rows.copyWithin(row * dim, first * dim, (first + 1) * dim);
    }
    truncated += slots.filter(({ key }) => partlyRead.has(key)).length;
    progress(slots.length - distinct.length);
  }

  try {
    for await (const texts of chunks(request.texts, Math.ceil(LOOK_UP / encoder.batchSize) * encoder.batchSize)) {
      signal?.throwIfAborted();
      await place(texts);
    }
    if (next !== count) throw wrongCount(count, next);
  } catch (error) {
    // the error that ended the work matters more than one from storing its rest
    await writer.flush().catch(() => undefined);
    throw error;
  }
  await writer.flush();
  if (refused.length > 0) throw refusedError(refused);
  return { embeddings: { count, dim, rows }, encoded, truncated };
}

/** Copies stored vectors to their rows, shard by shard. @returns the slots without a readable vector, in their order */
async function readStored(index: VectorIndex, slots: readonly Slot[], rows: Float32Array): Promise<readonly Slot[]> {
  const shards = new Set(slots.flatMap(({ key }) => index.find(key)?.shard ?? []));
  const filled = new Set<string>();
  for (const name of shards) {
    const shard = await index.read(name);
    if (shard === undefined) continue;
    for (const { key, row } of slots) {
      const place = index.find(key);
      if (place?.shard !== name) continue;
      const vector = vectorAt(shard, place.row);
      rows.set(vector, row * vector.length);
      filled.add(key);
    }
  }
  return slots.filter(({ key }) => !filled.has(key));
}

async function encodeChecked(encoder: Encoder, role: EmbedRequest["role"], slots: readonly Slot[]) {
  const texts = slots.map((slot) => slot[encoder.reads ?? "text"]);
  const { encoded, refused } = await encoder.encode(texts, role).then(
    (encoded) => ({ encoded, refused: [] }),
    (error: unknown) => {
      if (error instanceof RefusedTexts) return error;
      throw error;
    },
  );
  checkVectors(encoder, encoded.vectors, slots.length);
  // positions are those of the batch; the collection's are the rows
  const missing = new Map(refused.map((item) => [item.position, { ...item, position: rowAt(slots, item.position) }]));
  return { vectors: encoded.vectors, missing, cut: encoded.truncated };
}

function rowAt(slots: readonly Slot[], position: number): number {
  return slots[position]?.row ?? position;
}

function wrongCount(expected: number, found: number): HarnessError {
  return new HarnessError("DATA_INVALID", `expected ${expected} texts to encode, got ${found}, perhaps more.`, {
    hint: "The collection changed while it was read; run again.",
  });
}

function* slices<Item>(items: readonly Item[], size: number): Generator<readonly Item[]> {
  for (let first = 0; first < items.length; first += size) yield items.slice(first, first + size);
}

async function* chunks(texts: AsyncIterable<NamedText>, size: number): AsyncGenerator<readonly NamedText[]> {
  let chunk: NamedText[] = [];
  for await (const text of texts) {
    chunk.push(text);
    if (chunk.length < size) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
}
