import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { HarnessError } from "../errors.ts";
import type { Pooling } from "./model-presets.ts";

/** What a model's own files say of it; undefined where they do not. */
export type ModelFacts = {
  readonly dim: number | undefined;
  /** Tokens that it has positions for. */
  readonly positions: number | undefined;
  readonly pooling: Pooling | undefined;
  /** Tokens that it is meant to read. */
  readonly maxTokens: number | undefined;
};

const count = z.int().min(1).nullish();
const config = z.looseObject({ hidden_size: count, d_model: count, dim: count, max_position_embeddings: count });
const tokenizerConfig = z.looseObject({ model_max_length: z.number().nullish() });
const sentenceConfig = z.looseObject({ max_seq_length: count });
const poolingConfig = z.looseObject({
  pooling_mode_cls_token: z.boolean().optional(),
  pooling_mode_mean_tokens: z.boolean().optional(),
  pooling_mode_lasttoken: z.boolean().optional(),
});

/** Tokenizers that know no limit say a huge number. */
const NO_LIMIT = 1e6;

/**
 * Reads config.json, tokenizer_config.json and what sentence-transformers writes beside them.
 *
 * @throws {HarnessError} `DATA_INVALID` for a file that is not what its name says
 */
export async function readModelFacts(folder: string): Promise<ModelFacts> {
  const {
    hidden_size: hidden,
    d_model,
    dim,
    max_position_embeddings: positions,
  } = await read(join(folder, "config.json"), config);
  const { model_max_length: longest } = await read(join(folder, "tokenizer_config.json"), tokenizerConfig);
  const { max_seq_length: sentence } = await read(join(folder, "sentence_bert_config.json"), sentenceConfig);
  const modes = await read(join(folder, "1_Pooling", "config.json"), poolingConfig);
  const declared = longest !== null && longest !== undefined && longest < NO_LIMIT ? longest : undefined;
  return {
    dim: hidden ?? d_model ?? dim ?? undefined,
    positions: positions ?? undefined,
    pooling: poolingOf(modes),
    maxTokens: sentence ?? declared ?? positions ?? undefined,
  };
}

/** Undefined where several are combined, which makes a longer vector. */
function poolingOf(modes: z.output<typeof poolingConfig>): Pooling | undefined {
  const chosen = (
    [
      ["cls", modes.pooling_mode_cls_token],
      ["mean", modes.pooling_mode_mean_tokens],
      ["last-token", modes.pooling_mode_lasttoken],
    ] as const
  ).filter(([, on]) => on === true);
  return chosen.length === 1 ? chosen[0]?.[0] : undefined;
}

/** A file that is not there says nothing: which files must be there is known before. */
async function read<Schema extends z.ZodType>(path: string, schema: Schema): Promise<z.output<Schema>> {
  const text = await readFile(path, "utf8").catch(() => "{}");
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    throw new HarnessError("DATA_INVALID", "expected a model's configuration as JSON.", { where: path, cause });
  }
}
