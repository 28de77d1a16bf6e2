import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { floatBytes, halfBytes, integerBytes, type OnnxNode, type OnnxTensor, onnxFile } from "./onnx-file.ts";

/** A token's id is its place. */
export const TOKENS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "cats", "dogs", "chase", "rain", "##bow", "query", ":"];

/** The vector of every token, in the same order. */
export const TOKEN_VECTORS: readonly (readonly [number, number])[] = [
  [8, 8],
  [1, -1],
  [0, 2],
  [1, 1],
  [3, 4],
  [0, 1],
  [1, 0],
  [0, -2],
  [5, 0],
  [-1, 0],
  [2, -3],
];

/**
 * What the graph makes of the vectors of tokens: `lookup` hands them out; `attention` mixes those of a text (softmax of their
 * inner products), so that a mask that is not heeded shows; `quantised` rounds them to 8 bits by the largest of the batch.
 */
type TinyGraph = "lookup" | "attention" | "quantised";

export type TinyTransformer = {
  readonly graph?: TinyGraph;
  /** Half precision, inside and out. */
  readonly half?: boolean;
  /** Weights in a file of their own. */
  readonly external?: boolean;
  readonly output?: string;
  readonly vectors?: readonly (readonly number[])[];
  readonly config?: Readonly<Record<string, unknown>>;
  readonly tokenizer?: Readonly<Record<string, unknown>>;
  readonly tokenizerConfig?: Readonly<Record<string, unknown>>;
};

/** The files of a BERT-like model by their paths. */
export function tinyTransformerFiles(tiny: TinyTransformer = {}): Readonly<Record<string, Buffer>> {
  const json = (value: unknown) => Buffer.from(JSON.stringify(value));
  const { weights } = tensors(tiny);
  return {
    "config.json": json({ model_type: "bert", hidden_size: 2, max_position_embeddings: 64, ...tiny.config }),
    "tokenizer.json": json({ ...TOKENIZER, ...tiny.tokenizer }),
    "tokenizer_config.json": json({ pad_token: "[PAD]", model_max_length: 32, ...tiny.tokenizerConfig }),
    "onnx/model.onnx": graphFile(tiny),
    ...(tiny.external === true ? { "onnx/model.onnx_data": Buffer.from(weights) } : {}),
  };
}

export async function writeFiles(folder: string, files: Readonly<Record<string, Buffer>>): Promise<string> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  return folder;
}

/** As `AutoTokenizer` writes a lower-casing WordPiece tokenizer; its truncation is to be ignored. */
const TOKENIZER = {
  normalizer: { type: "BertNormalizer", clean_text: true, handle_chinese_chars: true, lowercase: true },
  pre_tokenizer: { type: "BertPreTokenizer" },
  post_processor: {
    type: "TemplateProcessing",
    single: [
      { SpecialToken: { id: "[CLS]", type_id: 0 } },
      { Sequence: { id: "A", type_id: 0 } },
      { SpecialToken: { id: "[SEP]", type_id: 0 } },
    ],
    pair: [],
    special_tokens: {
      "[CLS]": { id: "[CLS]", ids: [2], tokens: ["[CLS]"] },
      "[SEP]": { id: "[SEP]", ids: [3], tokens: ["[SEP]"] },
    },
  },
  decoder: null,
  truncation: { direction: "Right", max_length: 4, strategy: "LongestFirst", stride: 0 },
  added_tokens: ["[PAD]", "[UNK]", "[CLS]", "[SEP]"].map((content, id) => ({
    ...{ id, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special: true },
  })),
  model: {
    type: "WordPiece",
    unk_token: "[UNK]",
    continuing_subword_prefix: "##",
    max_input_chars_per_word: 100,
    vocab: Object.fromEntries(TOKENS.map((token, id) => [token, id])),
  },
};

function tensors({ half = false, external = false, vectors = TOKEN_VECTORS }: TinyTransformer) {
  const values = vectors.flat();
  const weights = half ? halfBytes(values) : floatBytes(values);
  const type = half ? ("float16" as const) : ("float32" as const);
  const dim = vectors[0]?.length ?? 0;
  const data = external ? { file: "model.onnx_data", bytes: weights.length } : weights;
  const table: OnnxTensor = { name: "table", type, shape: [vectors.length, dim], data };
  return { table, weights, type, dim };
}

function graphFile(tiny: TinyTransformer): Buffer {
  const { graph = "lookup", output = "last_hidden_state" } = tiny;
  const { table, type, dim } = tensors(tiny);
  const { nodes, constants } = GRAPHS[graph];
  const lookup = node("Gather", ["table", "input_ids"], graph === "lookup" ? output : "x");
  return onnxFile({
    nodes: [lookup, ...nodes(output)],
    initializers: [table, ...constants],
    inputs: ["input_ids", "attention_mask"].map((name) => ({ name, type: "int64", shape: ["rows", "width"] })),
    outputs: [{ name: output, type, shape: ["rows", "width", dim] }],
  });
}

type GraphParts = {
  readonly nodes: (output: string) => readonly OnnxNode[];
  readonly constants: readonly OnnxTensor[];
};

function node(op: string, inputs: readonly string[], ...outputs: readonly string[]): OnnxNode {
  return { op, inputs, outputs };
}

const GRAPHS: Readonly<Record<TinyGraph, GraphParts>> = {
  lookup: { nodes: () => [], constants: [] },
  quantised: {
    nodes: (output) => [
      node("DynamicQuantizeLinear", ["x"], "bytes", "scale", "zero"),
      node("DequantizeLinear", ["bytes", "scale", "zero"], output),
    ],
    constants: [],
  },
  attention: {
    nodes: (output) => [
      { ...node("Transpose", ["x"], "turned"), attributes: [{ name: "perm", value: [0, 2, 1] }] },
      node("MatMul", ["x", "turned"], "products"),
      { ...node("Cast", ["attention_mask"], "kept"), attributes: [{ name: "to", value: 1 }] },
      node("Sub", ["kept", "one"], "lacking"),
      node("Mul", ["lacking", "far"], "penalty"),
      node("Unsqueeze", ["penalty", "axis"], "columns"),
      node("Add", ["products", "columns"], "masked"),
      { ...node("Softmax", ["masked"], "shares"), attributes: [{ name: "axis", value: 2 }] },
      node("MatMul", ["shares", "x"], output),
    ],
    constants: [
      { name: "one", type: "float32", shape: [], data: floatBytes([1]) },
      { name: "far", type: "float32", shape: [], data: floatBytes([1e4]) },
      { name: "axis", type: "int64", shape: [1], data: integerBytes([1]) },
    ],
  },
};

/** What `attention` gives for the tokens of one text, computed in double. */
export function attend(vectors: readonly (readonly number[])[]): readonly (readonly number[])[] {
  return vectors.map((own) => {
    const products = vectors.map((other) => own.reduce((sum, value, d) => sum + value * (other[d] ?? 0), 0));
    const most = Math.max(...products);
    const weights = products.map((product) => Math.exp(product - most));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    return own.map((_, d) => vectors.reduce((sum, v, at) => sum + ((weights[at] ?? 0) / total) * (v[d] ?? 0), 0));
  });
}
