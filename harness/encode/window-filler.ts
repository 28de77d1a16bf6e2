import type { Clock } from "../runtime/clock.ts";
import { packVectors } from "../storage/pack-vectors.ts";
import { VALUE_BYTES } from "../storage/shard-layout.ts";
import { checkVectors } from "./check-vectors.ts";
import type { EmbedRequest } from "./embedding-cache.ts";
import { type RefusedText, RefusedTexts } from "./refused-texts.ts";
import type { NamedText } from "./types.ts";
import type { HeldRow, HeldRows, VectorIndex } from "./vector-index.ts";
import type { VectorJournal, Window } from "./vector-journal.ts";

/** A text, its position in the collection, and the number of its key. */
type Slot = { readonly text: NamedText; readonly row: number; readonly number: number };

export type WindowFillerParts = {
  readonly index: VectorIndex;
  readonly journal: VectorJournal;
  readonly request: EmbedRequest;
  readonly clock: Clock;
};

/** Sees to it that every text of a window has a vector, encoding those that have none. */
export type WindowFiller = {
  /** @throws as `embedTexts`, but for refused texts */
  fill(slots: readonly Slot[]): Promise<Window>;
  /** Vectors made so far. */
  encoded(): number;
  /** Texts that the encoder refused so far; positions are those of the collection. */
  refused(): readonly RefusedText[];
};

export function createWindowFiller({ index, journal, request, clock }: WindowFillerParts): WindowFiller {
  const { encoder, signal, onProgress } = request;
  const refused = new Map<number, RefusedText>();
  /** Of the window before, which is perhaps not sealed yet. */
  let underWay: HeldRows = new Map();
  let encoded = 0;
  let done = 0;

  function progress(finished: number): void {
    done += finished;
    if (finished > 0) onProgress?.(done);
  }

  async function encode(slots: readonly Slot[]): Promise<HeldRows> {
    signal?.throwIfAborted();
    const started = clock();
    const batch = await encodeBatch(request, slots);
    const milliseconds = clock() - started;
    for (const [number, text] of batch.refused) refused.set(number, text);
    encoded += batch.rows.size;
    await journal.add(batch.rows, milliseconds);
    progress(slots.length);
    return batch.rows;
  }

  return {
    encoded: () => encoded,
    refused: () => [...refused.values()],
    async fill(slots) {
      const firsts = new Map<number, Slot>();
      for (const slot of slots) if (!firsts.has(slot.number)) firsts.set(slot.number, slot);
      const numbers = [...firsts.keys()];
      await index.refresh();
      await index.lookUp(numbers);
      const held = new Map(await index.settle(numbers, underWay));
      const isMissing = ({ number }: Slot) =>
        index.find(number) === undefined && !underWay.has(number) && !refused.has(number);
      const missing = longestFirst([...firsts.values()].filter(isMissing), encoder.reads ?? "text");
      progress(numbers.length - missing.length);
      for (const batch of slices(missing, encoder.batchSize)) {
        for (const [number, row] of await encode(batch)) held.set(number, row);
      }
      progress(slots.length - numbers.length);
      underWay = held;
      return { numbers, held };
    },
  };
}

/** Texts of a batch are then about equally long, which models that pad them pay for. Equally long ones keep their order. */
function longestFirst(slots: readonly Slot[], reads: keyof NamedText): readonly Slot[] {
  return [...slots].sort((a, b) => b.text[reads].length - a.text[reads].length);
}

async function encodeBatch({ encoder, role, storage = "float32" }: EmbedRequest, slots: readonly Slot[]) {
  const texts = slots.map(({ text }) => text[encoder.reads ?? "text"]);
  const answer = await encoder.encode(texts, role).then(
    (encoded) => ({ encoded, refused: [] }),
    (error: unknown) => {
      if (error instanceof RefusedTexts) return error;
      throw error;
    },
  );
  checkVectors(encoder, answer.encoded.vectors, slots.length);
  const bytes = packVectors(answer.encoded.vectors, storage);
  const rowBytes = encoder.dim * VALUE_BYTES[storage];
  const truncated = new Set(answer.encoded.truncated);
  const missing = new Map(answer.refused.map((item) => [item.position, item]));
  const rows = new Map<number, HeldRow>();
  const refused = new Map<number, RefusedText>();
  for (const [position, { number, row }] of slots.entries()) {
    const values = bytes.subarray(position * rowBytes, (position + 1) * rowBytes);
    const item = missing.get(position);
    if (item === undefined) rows.set(number, { values, truncated: truncated.has(position) });
    else refused.set(number, { ...item, position: row });
  }
  return { rows, refused };
}

function* slices<Item>(items: readonly Item[], size: number): Generator<readonly Item[]> {
  for (let first = 0; first < items.length; first += size) yield items.slice(first, first + size);
}
