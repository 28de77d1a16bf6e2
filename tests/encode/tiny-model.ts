import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { float32, safetensorsFile } from "../storage/safetensors-file.ts";

/** The vocabulary of the tiny model; a token's id is its place. Median length: that of the middle ones, 4. */
const TINY_TOKENS = ["[UNK]", "cats", "dogs", "chase", "rain", "##bow"];

type Tensors = Parameters<typeof safetensorsFile>[0];

export type TinyModel = {
  readonly tensors?: Tensors;
  readonly config?: Readonly<Record<string, unknown>>;
  readonly tokenizer?: Readonly<Record<string, unknown>>;
};

/** Six tokens in two dimensions: [UNK] (9, 9), cats (3, 4), dogs (0, 1), chase (1, 0), rain (0, -2), ##bow (5, 0). */
export const TINY_TENSORS: Tensors = { embeddings: float32([6, 2], [9, 9, 3, 4, 0, 1, 1, 0, 0, -2, 5, 0]) };

/** Writes a model2vec model with lower-casing and WordPiece to a folder. */
export async function writeTinyModel(
  folder: string,
  { tensors = TINY_TENSORS, config, tokenizer }: TinyModel = {},
): Promise<string> {
  const json = {
    normalizer: { type: "Lowercase" },
    pre_tokenizer: { type: "Whitespace" },
    post_processor: null,
    decoder: null,
    added_tokens: [],
    model: {
      type: "WordPiece",
      unk_token: "[UNK]",
      continuing_subword_prefix: "##",
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(TINY_TOKENS.map((token, id) => [token, id])),
    },
    ...tokenizer,
  };
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "config.json"), JSON.stringify({ model_type: "model2vec", normalize: true, ...config }));
  await writeFile(join(folder, "tokenizer.json"), JSON.stringify(json));
  await writeFile(join(folder, "model.safetensors"), safetensorsFile(tensors));
  return folder;
}
