// The encoder `transformers` on two models with random weights, which need no download: one that only looks tokens up, whose
// time is the harness's own, and one of the size of all-MiniLM-L6-v2 (6 layers, 384 dimensions, inner size 1,536; one head).
// Says how many texts a second there are, what of it is not the model, and how much a vector depends on its batch and on the
// number of threads. Build first:
//   npx tsc -p tsconfig.build.json && node build-assets.mjs && node bench/transformers.mjs
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { encodeTokens } from "../dist/encode/encode-tokens.js";
import { loadOnnxModel } from "../dist/encode/onnx-model.js";
import { openFramedTokenizer } from "../dist/encode/tokenizer.js";

const DIM = 384;
const INNER = 1536;
const LAYERS = 6;
const WORDS = 5_000;
const TEXTS = 128;
const BATCH = 64;
const REPEATS = 3;

let state = 42;
/** The same numbers every time, in [-1, 1). */
function random() {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 31 - 1;
}

// ONNX's protobuf, as far as these graphs need it
const varint = (value) => {
  const bytes = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return Buffer.from([...bytes, rest]);
};
const integer = (field, value) => Buffer.concat([varint(field * 8), varint(value)]);
const part = (field, bytes) => Buffer.concat([varint(field * 8 + 2), varint(bytes.length), bytes]);
const word = (field, value) => part(field, Buffer.from(value));
const tensor = (name, shape, type, bytes) =>
  Buffer.concat([...shape.map((size) => integer(1, size)), integer(2, type), word(8, name), part(9, bytes)]);
const floats = (name, shape, scale) => {
  const values = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random() * scale);
  return tensor(name, shape, 1, Buffer.from(values.buffer));
};
const scalar = (name, value) => tensor(name, [], 1, Buffer.from(Float32Array.of(value).buffer));
const node = (op, inputs, output, ...attributes) =>
  Buffer.concat([
    ...inputs.map((name) => word(1, name)),
    word(2, output),
    word(4, op),
    ...attributes.map((attribute) => part(5, attribute)),
  ]);
const attribute = (name, values) =>
  Array.isArray(values)
    ? Buffer.concat([word(1, name), ...values.map((value) => integer(8, value)), integer(20, 7)])
    : Buffer.concat([word(1, name), integer(3, values), integer(20, 2)]);
const value = (name, type, shape) => {
  const sizes = shape.map((size) => part(1, typeof size === "string" ? word(2, size) : integer(1, size)));
  return Buffer.concat([
    word(1, name),
    part(2, part(1, Buffer.concat([integer(1, type), part(2, Buffer.concat(sizes))]))),
  ]);
};
const file = (nodes, initializers) => {
  const graph = Buffer.concat([
    ...nodes.map((one) => part(1, one)),
    word(2, "graph"),
    ...initializers.map((one) => part(5, one)),
    ...["input_ids", "attention_mask"].map((name) => part(11, value(name, 7, ["rows", "width"]))),
    part(12, value("last_hidden_state", 1, ["rows", "width", DIM])),
  ]);
  return Buffer.concat([integer(1, 8), part(7, graph), part(8, Buffer.concat([word(1, ""), integer(2, 13)]))]);
};

function lookup() {
  return file([node("Gather", ["table", "input_ids"], "last_hidden_state")], [floats("table", [WORDS + 4, DIM], 1)]);
}

/** Attention and a two-layer network in every layer, each added to its input and bounded by tanh. */
function transformer() {
  const nodes = [
    node("Gather", ["table", "input_ids"], "x0"),
    node("Cast", ["attention_mask"], "kept", attribute("to", 1)),
    node("Sub", ["kept", "one"], "lacking"),
    node("Mul", ["lacking", "far"], "penalty"),
    node("Unsqueeze", ["penalty", "axis"], "columns"),
  ];
  const weights = [
    floats("table", [WORDS + 4, DIM], 1),
    scalar("one", 1),
    scalar("far", 1e4),
    scalar("scale", DIM ** -0.5),
    tensor("axis", [1], 7, Buffer.from(BigInt64Array.of(1n).buffer)),
  ];
  for (let layer = 0; layer < LAYERS; layer++) {
    const [x, next] = [`x${layer}`, layer === LAYERS - 1 ? "last_hidden_state" : `x${layer + 1}`];
    const at = (name) => `${name}${layer}.`;
    for (const name of ["q", "k", "v", "o"]) weights.push(floats(at(name), [DIM, DIM], 2 * DIM ** -0.5));
    weights.push(floats(at("in"), [DIM, INNER], 2 * DIM ** -0.5), floats(at("out"), [INNER, DIM], 2 * INNER ** -0.5));
    nodes.push(
      ...["q", "k", "v"].map((name) => node("MatMul", [x, at(name)], at(`x${name}`))),
      node("Transpose", [at("xk")], at("turned"), attribute("perm", [0, 2, 1])),
      node("MatMul", [at("xq"), at("turned")], at("products")),
      node("Mul", [at("products"), "scale"], at("scaled")),
      node("Add", [at("scaled"), "columns"], at("masked")),
      node("Softmax", [at("masked")], at("shares"), attribute("axis", 2)),
      node("MatMul", [at("shares"), at("xv")], at("mixed")),
      node("MatMul", [at("mixed"), at("o")], at("attended")),
      node("Add", [x, at("attended")], at("sum")),
      node("Tanh", [at("sum")], at("h")),
      node("MatMul", [at("h"), at("in")], at("wide")),
      node("Relu", [at("wide")], at("relu")),
      node("MatMul", [at("relu"), at("out")], at("narrow")),
      node("Add", [at("h"), at("narrow")], at("total")),
      node("Tanh", [at("total")], next),
    );
  }
  return file(nodes, weights);
}

const SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"];
const TOKENIZER = {
  normalizer: { type: "BertNormalizer", clean_text: true, handle_chinese_chars: true, lowercase: true },
  pre_tokenizer: { type: "BertPreTokenizer" },
  post_processor: { type: "BertProcessing", sep: ["[SEP]", 3], cls: ["[CLS]", 2] },
  decoder: null,
  added_tokens: [],
  model: {
    type: "WordPiece",
    unk_token: "[UNK]",
    continuing_subword_prefix: "##",
    max_input_chars_per_word: 100,
    vocab: Object.fromEntries(
      [...SPECIAL, ...Array.from({ length: WORDS }, (_, at) => `w${at}`)].map((token, id) => [token, id]),
    ),
  },
};

/** 20 to 220 words, 120 in the middle, as passages have. */
const texts = Array.from({ length: TEXTS }, () => {
  const length = 120 + Math.round(random() * 100);
  return Array.from({ length }, () => `w${Math.floor(((random() + 1) / 2) * WORDS)}`).join(" ");
});

async function openModel(folder, graph, threads) {
  await mkdir(join(folder, "onnx"), { recursive: true });
  await writeFile(join(folder, "onnx", "model.onnx"), graph);
  await writeFile(join(folder, "config.json"), JSON.stringify({ model_type: "bert", hidden_size: DIM }));
  const model = await loadOnnxModel({ folder, dtype: "fp32", device: "cpu", threads });
  const tokenizer = await openFramedTokenizer({ text: JSON.stringify(TOKENIZER), config: undefined, where: folder });
  const spent = { model: 0, tokens: 0 };
  const context = {
    model: {
      async run(batch) {
        const before = processorTime();
        const output = await model.run(batch);
        spent.model += processorTime() - before;
        return output;
      },
    },
    tokenizer: {
      ...tokenizer,
      ids(text) {
        const before = processorTime();
        const ids = tokenizer.ids(text);
        spent.tokens += processorTime() - before;
        return ids;
      },
    },
    pooling: "mean",
    dim: DIM,
    where: folder,
    options: { batchSize: BATCH, maxBatchTokens: 1 << 20, dtype: "fp32", truncationSide: "right" },
  };
  const encode = async (some) => (await encodeTokens(some, { template: "{text}", maxTokens: 256 }, context)).vectors;
  return { encode, spent };
}

/** Microseconds that all threads have computed: unlike those of a clock not those of other programs. */
function processorTime() {
  const { user, system } = process.cpuUsage();
  return user + system;
}

async function measure(name, { encode, spent }) {
  await encode(texts);
  const runs = [];
  for (let repeat = 0; repeat < REPEATS; repeat++) {
    Object.assign(spent, { model: 0, tokens: 0 });
    const [clock, processor] = [performance.now(), processorTime()];
    await encode(texts);
    runs.push({ seconds: (performance.now() - clock) / 1000, total: processorTime() - processor, ...spent });
  }
  const [{ seconds, total, model, tokens }] = runs.toSorted((a, b) => a.total - b.total);
  const micro = (amount) => `${(amount / TEXTS).toFixed(0)} us`;
  say(
    `${name}: ${(TEXTS / seconds).toFixed(0)} texts/s; processor time outside the model ${((100 * (total - model)) / total).toFixed(1)} %,` +
      ` a text: tokens ${micro(tokens)}, padding and pooling ${micro(total - model - tokens)}`,
  );
}

function say(line) {
  process.stdout.write(`${line}\n`);
}

/** The largest difference of any value of any vector. */
function difference(a, b) {
  return a.reduce((most, one, at) => Math.max(most, Math.abs(one - b[at])), 0);
}

const folder = await mkdtemp(join(tmpdir(), "bench-transformers-"));
try {
  say(`${cpus()[0].model}, ${cpus().length} cores, Node ${process.version}, batch ${BATCH}`);
  await measure("token table", await openModel(join(folder, "lookup"), lookup(), cpus().length));
  const graph = transformer();
  const all = await openModel(join(folder, "all"), graph, cpus().length);
  await measure(`MiniLM's size, ${cpus().length} threads`, all);
  const one = await openModel(join(folder, "one"), graph, 1);
  const batched = await all.encode(texts);
  const alone = [];
  for (const text of texts) alone.push(...(await all.encode([text])));
  say(`largest difference of a value, batched or alone: ${difference(batched, alone).toExponential(1)}`);
  say(`... same batches again: ${difference(batched, await all.encode(texts)).toExponential(1)}`);
  say(`... one thread: ${difference(batched, await one.encode(texts)).toExponential(1)}`);
} finally {
  await rm(folder, { recursive: true });
}
