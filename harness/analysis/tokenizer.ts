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

/** Texts to the token ids that a model with special tokens reads. */
export type FramedTokenizer = {
  /** The special tokens around every text. */
  readonly before: readonly number[];
  readonly after: readonly number[];
  /** What fills up rows of a batch; masked, so that any id would do. */
  readonly padId: number;
  idOf(token: string): number | undefined;
  /** Ids of a whole text without special tokens. */
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
  return await explained(where, async () => {
    const { tokenizer, model, truncation } = await openLibrary(text, {});
    const vocabulary = tokenizer.get_vocab();
    const unknown = model.unk_token ?? undefined;
    return {
      size: [...vocabulary.values()].reduce((size, id) => Math.max(size, id + 1), 0),
      tokens: vocabulary.size,
      medianLength: Math.floor(median(Array.from(vocabulary.keys(), (token) => [...token].length))),
      unknownId: unknown === undefined ? undefined : vocabulary.get(unknown),
      ids(content) {
        const { ids } = tokenizer.encode(content, { add_special_tokens: false });
        if (truncation === undefined || truncation === null || ids.length <= truncation.max_length) return ids;
        const fromEnd = truncation.direction === "Left";
        return fromEnd ? ids.slice(ids.length - truncation.max_length) : ids.slice(0, truncation.max_length);
      },
    };
  });
}

/**
 * Opens a tokenizer.json to count with: no special tokens, and all of a text, whatever truncation the file declares.
 *
 * @param where the file, for messages
 * @throws {HarnessError} `DATA_INVALID` as `openTokenizer`
 */
export async function openTokenCounter(text: string, where: string): Promise<(content: string) => number> {
  return await explained(where, async () => {
    const { tokenizer } = await openLibrary(text, {});
    return (content) => tokenizer.encode(content, { add_special_tokens: false }).ids.length;
  });
}

export type FramedTokenizerFiles = {
  /** tokenizer.json. */
  readonly text: string;
  /** tokenizer_config.json, where there is one. */
  readonly config: string | undefined;
  /** The former, for messages. */
  readonly where: string;
};

/**
 * Opens a tokenizer.json with its special tokens and without its truncation: many declare one for a shorter text than the
 * model reads (all-MiniLM-L6-v2: 128 of 256 tokens).
 *
 * @throws {HarnessError} `DATA_INVALID` as `openTokenizer`, and when it does not put a text between special tokens
 */
export async function openFramedTokenizer({ text, config, where }: FramedTokenizerFiles): Promise<FramedTokenizer> {
  return await explained(where, async () => {
    const settings: object = config === undefined ? {} : JSON.parse(config);
    const { tokenizer } = await openLibrary(text, settings);
    const { pad_token: pad } = SETTINGS.parse(settings);
    const padToken = typeof pad === "object" ? pad?.content : pad;
    const ids = (content: string) => tokenizer.encode(content, { add_special_tokens: false }).ids;
    return {
      ...frameOf(tokenizer, ids),
      padId: padToken === undefined ? 0 : (tokenizer.token_to_id(padToken) ?? 0),
      idOf: (token) => tokenizer.token_to_id(token),
      ids,
    };
  });
}

/** What of a tokenizer_config.json is read here. */
const SETTINGS = z.looseObject({
  pad_token: z.union([z.string(), z.looseObject({ content: z.string() })]).nullish(),
});

/** What is used of the library, typed here because its types do not resolve under NodeNext. */
type Library = {
  get_vocab(): ReadonlyMap<string, number>;
  token_to_id(token: string): number | undefined;
  encode(text: string, options: { readonly add_special_tokens: boolean }): { readonly ids: readonly number[] };
};

async function openLibrary(text: string, settings: object) {
  const { Tokenizer } = await import("@huggingface/tokenizers");
  const json: object = JSON.parse(text);
  const { model, truncation } = FILE.parse(json);
  if (!MODELS.includes(model.type ?? "")) throw new Error(`${model.type} is none of ${MODELS.join(", ")}`);
  const tokenizer: Library = new Tokenizer(json, settings);
  return { tokenizer, model, truncation };
}

/** Found by looking at a text with and without its special tokens: the file describes them in several ways. */
function frameOf(tokenizer: Library, idsOf: (text: string) => readonly number[]) {
  for (const probe of ["a", ...tokenizer.get_vocab().keys()]) {
    const bare = idsOf(probe);
    if (bare.length === 0) continue;
    const { ids } = tokenizer.encode(probe, { add_special_tokens: true });
    const start = ids.findIndex((_, at) => bare.every((id, offset) => ids[at + offset] === id));
    if (start >= 0) return { before: ids.slice(0, start), after: ids.slice(start + bare.length) };
    break;
  }
  throw new Error("it does not put texts between special tokens");
}

async function explained<Result>(where: string, open: () => Promise<Result>): Promise<Result> {
  try {
    return await open();
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
