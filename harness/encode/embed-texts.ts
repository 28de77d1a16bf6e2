import { HarnessError } from "../errors.ts";
import type { Clock } from "../runtime/clock.ts";
import type { EmbeddedTexts, EmbedRequest } from "./embedding-cache.ts";
import { refusedError } from "./refused-texts.ts";
import { storedRows } from "./stored-rows.ts";
import type { NamedText } from "./types.ts";
import type { VectorIndex } from "./vector-index.ts";
import { openJournal } from "./vector-journal.ts";
import { vectorKeys } from "./vector-key.ts";
import { createWindowFiller } from "./window-filler.ts";

/** UTF-16 units of a window's texts, unless a single text is longer: its texts are in memory. */
const WINDOW_CHARACTERS = 32 * 2 ** 20;

export type EmbedParts = {
  readonly index: VectorIndex;
  /** Texts of a window, at most. */
  readonly windowRows: number;
  readonly clock: Clock;
};

/**
 * Vectors of texts in their order. The collection is worked in windows: of a window's distinct texts those without a vector
 * are encoded once, the longest first, and all of its vectors end in sealed shards in the order of the texts. What was
 * encoded is kept when the work ends early.
 *
 * @throws {HarnessError} `DATA_INVALID` when `count` is not the number of texts, and, once all others are stored, for texts
 *   that the encoder refuses; as `checkVectors`; as `writeFileAtomic`; `FILE_MISSING` when the cache is cleared meanwhile
 */
export async function embedTexts(parts: EmbedParts, request: EmbedRequest): Promise<EmbeddedTexts> {
  const { index, windowRows, clock } = parts;
  const { encoder, role, count, signal } = request;
  const keyOf = vectorKeys(encoder, role);
  const numbers = new Uint32Array(count);
  const journal = openJournal(index);
  const filler = createWindowFiller({ index, journal, request, clock });
  let next = 0;
  try {
    for await (const texts of windowsOf(request.texts, windowRows)) {
      signal?.throwIfAborted();
      if (next + texts.length > count) throw wrongCount(count, next + texts.length);
      const slots = texts.map((text, at) => ({ text, row: next + at, number: index.numberOf(keyOf(text)) }));
      for (const { row, number } of slots) numbers[row] = number;
      next += texts.length;
      await journal.seal(await filler.fill(slots));
    }
    if (next !== count) throw wrongCount(count, next);
  } catch (error) {
    // the error that ended the work matters more than one from storing its rest
    await journal.end().catch(() => undefined);
    throw error;
  }
  await journal.end();
  const refused = filler.refused();
  if (refused.length > 0) throw refusedError(refused);
  await index.settle(numbers, new Map());
  return { ...storedRows(index, numbers), encoded: filler.encoded() };
}

function wrongCount(expected: number, found: number): HarnessError {
  return new HarnessError("DATA_INVALID", `expected ${expected} texts to encode, got ${found}, perhaps more.`, {
    hint: "The collection changed while it was read; run again.",
  });
}

/** Where windows end depends on the texts alone: files would differ otherwise. */
export async function* windowsOf(texts: AsyncIterable<NamedText>, rows: number): AsyncGenerator<readonly NamedText[]> {
  let window: NamedText[] = [];
  let characters = 0;
  for await (const text of texts) {
    if (window.length === rows || (window.length > 0 && characters + text.text.length > WINDOW_CHARACTERS)) {
      yield window;
      window = [];
      characters = 0;
    }
    window.push(text);
    characters += text.text.length;
  }
  if (window.length > 0) yield window;
}
