import { z } from "zod";
import { HarnessError } from "../errors.ts";

/** Texts to token ids, as a model's tokenizer.json describes, without special tokens. */
export type TextTokenizer = {
  /** Every id that `ids` can return is below it. */
  readonly size: number;
  /** Number of tokens in the vocabulary, and the median of their lengths in characters, rounded down. */
  readonly tokens: number;
  readonly medianLength: number;
  /** What stands for a text piece outside the vocabulary; undefined in a unigram vocabulary, as in Python's `tokenizers`. */
  readonly unknownId: number | undefined;
  ids(text: string): readonly number[];
};

/** The library takes any other model for an older kind, and gives other ids than Python does. */
const MODELS = ["BPE", "Unigram", "WordPiece"];

/** What is read here; the library looks at the rest. */
const FILE = z.looseObject({
  model: z.looseObject({ type: z.string().optional(), unk_token: z.string().nullish() }),
  truncation: z.looseObject({ max_length: z.int().min(0), direction: z.string().optional() }).nullish(),
});

/**
 * Opens a tokenizer.json. Its truncation is applied; its padding is not, as padding would make a text's ids depend on its
 * batch.
 *
 * @param where the file, for messages
 * @throws {HarnessError} `DATA_INVALID` when it is no tokenizer or one of a kind that the library does not know
 */
export async function openTokenizer(text: string, where: string): Promise<TextTokenizer> {
  const { Tokenizer } = await import("@huggingface/tokenizers");
  try {
    const json: object = JSON.parse(text);
    const { model, truncation } = FILE.parse(json);
    if (!MODELS.includes(model.type ?? "")) throw new Error(`${model.type} is none of ${MODELS.join(", ")}`);
    const tokenizer = new Tokenizer(json, {});
    // typed here, because the types of the library do not resolve under NodeNext
    const vocabulary: ReadonlyMap<string, number> = tokenizer.get_vocab();
    const unknown = model.unk_token ?? undefined;
    return {
      size: [...vocabulary.values()].reduce((size, id) => Math.max(size, id + 1), 0),
      tokens: vocabulary.size,
      medianLength: Math.floor(median(Array.from(vocabulary.keys(), (token) => [...token].length))),
      unknownId: unknown === undefined ? undefined : vocabulary.get(unknown),
      ids(content) {
        const { ids }: { readonly ids: readonly number[] } = tokenizer.encode(content, { add_special_tokens: false });
        if (truncation === undefined || truncation === null || ids.length <= truncation.max_length) return ids;
        const fromEnd = truncation.direction === "Left";
        return fromEnd ? ids.slice(ids.length - truncation.max_length) : ids.slice(0, truncation.max_length);
      },
    };
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause;
    throw new HarnessError("DATA_INVALID", `expected a tokenizer that can be read (${cause.message}).`, {
      where,
      cause,
    });
  }
}

/** Of no numbers: 0. */
function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[sorted.length >>> 1] ?? 0;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[(sorted.length >>> 1) - 1] ?? 0)) / 2;
}
