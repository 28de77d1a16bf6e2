import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { openTokenizer, type TextTokenizer } from "../analysis/tokenizer.ts";
import { describeIssue } from "../component.ts";
import { HarnessError } from "../errors.ts";
import { hashBytes, hashJson } from "../storage/content-hash.ts";
import { fileError } from "../storage/file-error.ts";
import { float32Values, float64Values, parseSafetensors, type Tensor } from "../storage/safetensors.ts";

const CONFIG = "config.json";
const TOKENIZER = "tokenizer.json";
const TENSORS = "model.safetensors";

/** `normalize` is not read: vectors are normalised always. */
const CONFIG_SCHEMA = z.looseObject({
  model_type: z.literal("model2vec"),
  seq_length: z.int().min(1).optional(),
});

/** Texts to vectors by a table of token vectors. */
export type StaticModel = {
  /**
   * Writes the unit mean of the text's token vectors to `out`, or zeros for a text without tokens.
   *
   * @returns whether only the beginning of the text was read
   */
  embed(text: string, out: Float32Array): boolean;
};

/** What is known of a model before it is loaded. */
export type StaticModelFacts = {
  /** sha256 over its files. */
  readonly hash: string;
  readonly dim: number;
  /** Longest text in tokens that config.json speaks of. */
  readonly seqLength: number | undefined;
};

/** Reads a model's files without taking in its tables. @throws as `loadStaticModel` */
export async function describeStaticModel(folder: string): Promise<StaticModelFacts> {
  const { hash, seqLength, tensors } = await readModel(folder);
  return { hash, seqLength, dim: embeddingShape(tensors, folder).dim };
}

export type StaticModelOptions = { readonly folder: string; readonly hash: string; readonly maxTokens: number };

/**
 * Loads the model that `describeStaticModel` has described.
 *
 * @throws {HarnessError} `FILE_MISSING`, `FILE_UNREADABLE`; `DATA_INVALID` when a file is damaged, another kind of model,
 *   or no longer the one described
 */
export async function loadStaticModel({ folder, hash, maxTokens }: StaticModelOptions): Promise<StaticModel> {
  const files = await readModel(folder);
  if (files.hash !== hash) {
    throw new HarnessError("DATA_INVALID", "expected the model's files to stay as they are, found them changed.", {
      where: folder,
      hint: "Run again.",
    });
  }
  const tokenizer = await openTokenizer(files.tokenizer, join(folder, TOKENIZER));
  const table = readTable(files.tensors, tokenizer, folder);
  return {
    embed(text, out) {
      const { ids, truncated } = tokenIds(text, tokenizer, maxTokens);
      pool(ids, table, out);
      return truncated;
    },
  };
}

type ModelFiles = Pick<StaticModelFacts, "hash" | "seqLength"> & {
  readonly tokenizer: string;
  readonly tensors: ReadonlyMap<string, Tensor>;
};

async function readModel(folder: string): Promise<ModelFiles> {
  // in this order, so that of a folder without a model it is config.json that is missed
  const config = await readBytes(join(folder, CONFIG));
  const tokenizer = await readBytes(join(folder, TOKENIZER));
  const tensors = await readBytes(join(folder, TENSORS));
  return {
    hash: hashJson([config, tokenizer, tensors].map(hashBytes)),
    seqLength: readConfig(config.toString("utf8"), join(folder, CONFIG)).seq_length,
    tokenizer: tokenizer.toString("utf8"),
    tensors: parseSafetensors(tensors, join(folder, TENSORS)),
  };
}

async function readBytes(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw fileError(path, "read", cause);
  }
}

function readConfig(text: string, where: string): z.output<typeof CONFIG_SCHEMA> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new HarnessError("DATA_INVALID", "expected JSON.", { where, cause });
  }
  const config = CONFIG_SCHEMA.safeParse(json, { reportInput: true });
  if (config.success) return config.data;
  const [issue] = config.error.issues;
  const complaint = issue === undefined ? "it is no configuration." : describeIssue(issue);
  throw new HarnessError("DATA_INVALID", `\`${issue?.path.join(".")}\`: ${complaint}`, {
    where,
    hint: "It must be the folder of a model2vec model.",
  });
}

/** Vector of token `t`: `weights[t]` (1 without weights) times row `rowOf[t]` (row `t` without a mapping). */
type TokenTable = {
  readonly dim: number;
  readonly rows: Float32Array;
  readonly rowOf: Float64Array | undefined;
  readonly weights: Float64Array | undefined;
};

function embeddingShape(tensors: ReadonlyMap<string, Tensor>, folder: string) {
  const embeddings = tensors.get("embeddings");
  const [count, dim] = embeddings?.shape ?? [];
  if (embeddings === undefined || count === undefined || !dim || embeddings.shape.length !== 2) {
    const found = embeddings === undefined ? `tensors ${[...tensors.keys()].join(", ")}` : `[${embeddings.shape}]`;
    throw new HarnessError("DATA_INVALID", `expected a tensor \`embeddings\` of rows and columns, found ${found}.`, {
      where: join(folder, TENSORS),
    });
  }
  return { embeddings, count, dim };
}

function readTable(tensors: ReadonlyMap<string, Tensor>, { size, tokens }: TextTokenizer, folder: string): TokenTable {
  const where = join(folder, TENSORS);
  const { embeddings, count, dim } = embeddingShape(tensors, folder);
  const perToken = (name: string) => {
    const tensor = tensors.get(name);
    const values = tensor === undefined ? undefined : float64Values(tensor, `${where}: \`${name}\``);
    if (values !== undefined && values.length < size) throw wrongCount(where, name, [size, values.length]);
    return values;
  };
  const rowOf = perToken("mapping");
  if (rowOf === undefined && count !== tokens) throw wrongCount(where, "embeddings", [tokens, count]);
  const stray = rowOf?.find((row) => !(row >= 0 && row < count));
  if (stray !== undefined) {
    throw new HarnessError("DATA_INVALID", `expected \`mapping\` to name rows below ${count}, found ${stray}.`, {
      where,
    });
  }
  return { dim, rows: float32Values(embeddings, where), rowOf, weights: perToken("weights") };
}

function wrongCount(where: string, name: string, [expected, found]: readonly [number, number]): HarnessError {
  return new HarnessError("DATA_INVALID", `expected \`${name}\` for ${expected} tokens, found ${found}.`, {
    where,
    hint: "model.safetensors and tokenizer.json must be of the same model.",
  });
}

/** Cut by characters, tokenised, without unknown tokens, cut by tokens: in this order, as model2vec does. */
function tokenIds(text: string, tokenizer: TextTokenizer, maxTokens: number) {
  const cut = firstCharacters(text, maxTokens * tokenizer.medianLength);
  const known = tokenizer.ids(cut).filter((id) => id !== tokenizer.unknownId);
  return { ids: known.slice(0, maxTokens), truncated: cut.length < text.length || known.length > maxTokens };
}

/** Characters as Python counts them: code points. */
function firstCharacters(text: string, limit: number): string {
  if (text.length <= limit) return text;
  let end = 0;
  for (let count = 0; count < limit && end < text.length; count++) end += (text.codePointAt(end) ?? 0) > 0xffff ? 2 : 1;
  return text.slice(0, end);
}

function pool(ids: readonly number[], { dim, rows, rowOf, weights }: TokenTable, out: Float32Array): void {
  const sum = new Float64Array(dim);
  for (const id of ids) {
    const start = (rowOf?.[id] ?? id) * dim;
    const weight = weights?.[id] ?? 1;
    for (let d = 0; d < dim; d++) sum[d] = (sum[d] ?? 0) + weight * (rows[start + d] ?? 0);
  }
  const norm = Math.sqrt(sum.reduce((squares, value) => squares + value * value, 0));
  // the mean and the sum have the same direction
  out.set(norm === 0 ? sum : sum.map((value) => value / norm));
}
