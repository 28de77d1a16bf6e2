import { readFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { openFramedTokenizer } from "../analysis/tokenizer.ts";
import { HarnessError } from "../errors.ts";
import { loadOnce } from "../runtime/load-once.ts";
import { hashJson, type Json } from "../storage/content-hash.ts";
import { encodeTokens, endingOn, type LoadedModel } from "./encode-tokens.ts";
import { readModelFacts } from "./model-facts.ts";
import { type LocatedModel, locateModel } from "./model-files.ts";
import { findPreset, type ModelPreset, type Pooling } from "./model-presets.ts";
import { loadOnnxModel, ONNX_LIBRARY } from "./onnx-model.ts";
import { resolveForms } from "./text-forms.ts";
import { type TransformersOptions, transformersOptions } from "./transformers-options.ts";
import { defineEncoder, type Encoder, type TextForm } from "./types.ts";

/** Part of the identity: raise it when anything in here changes a vector. */
const VERSION = 1;
/** Batches of one `encode` call: among so many texts some are of similar length. */
const WINDOW = 8;

/**
 * Local transformer models in ONNX files: tokens, a forward pass, pooling, norm 1. Instructions, limits and pooling come from
 * the options, the model's preset, and the model's own files, in this order. Texts of white space or without tokens give
 * the zero vector whatever the instruction is: it says nothing of them.
 *
 * Differs from transformers.js in that a text over the limit keeps its special tokens, the last one too (as in Python),
 * that sums are in double, and that an `endToken` is seen to. A text's vector depends on its batch by no more than rounding
 * in the runtime (1e-7 in any value of a model of MiniLM's size, bench/transformers.mjs); with `dtype: q8`, whose numbers are scaled by
 * the largest one of a batch, every text is a batch of its own.
 */
export const transformers = defineEncoder({
  kind: "transformers",
  summary: "Local transformer models as ONNX files, from a folder or fetched from the hub; CPU unless told.",
  source: "https://huggingface.co/docs/transformers.js (feature extraction)",
  options: transformersOptions,
  create(options, services) {
    const preset = findPreset(options);
    const choice = { ...options, onnx: preset?.onnx };
    const describe = loadOnce(async () => describeModel(await locateModel(choice, services), { options, preset }));
    // shared by all corpora; held for as long as the encoder is
    const load = loadOnce(async () => {
      const described = await describe();
      const loaded = await loadModel(options, described);
      // a revision may have moved on since, its commit cannot
      requireSame(described, await locateModel({ ...choice, revision: described.located.commit }, services));
      return loaded;
    });
    return {
      async open({ prompts }) {
        const described = await describe();
        const { dim, where, identity } = described;
        const { forms, origins } = resolveForms(options, { preset, prompts, where });
        const limited = limitForms(forms, described);
        const encoder: Encoder = {
          identity,
          forms: limited,
          origins,
          dim,
          batchSize: options.batchSize * WINDOW,
          encode: async (texts, role) =>
            encodeTokens(texts, limited[role], { ...(await load()), options, dim, where, signal: services.signal }),
        };
        return encoder;
      },
    };
  },
});

type DescribedModel = {
  readonly folder: string;
  readonly identity: Json;
  readonly located: LocatedModel;
  readonly where: string;
  readonly dim: number;
  readonly pooling: Pooling;
  readonly endToken: string | undefined;
  readonly positions: number | undefined;
  readonly maxTokens: number | undefined;
};

/** Everything that is known of the model before it is loaded. */
async function describeModel(
  located: LocatedModel,
  { options, preset }: { readonly options: TransformersOptions; readonly preset: ModelPreset | undefined },
): Promise<DescribedModel> {
  const { model, dtype, device, truncationSide } = options;
  const { folder } = located;
  const facts = await readModelFacts(folder);
  const where = `encoder \`transformers\` (${model})`;
  const pooling = options.pooling ?? preset?.pooling.value ?? facts.pooling;
  if (pooling === undefined) {
    throw new HarnessError("SPEC_INVALID", "expected `pooling`, which neither a preset nor the model's files say.", {
      where,
      hint: "Look it up in the model's card: `mean`, `cls` or `last-token`.",
    });
  }
  const dim = facts.dim ?? preset?.dimension.value;
  if (dim === undefined || (preset !== undefined && dim !== preset.dimension.value)) {
    const expected = preset === undefined ? "`hidden_size`" : `\`hidden_size: ${preset.dimension.value}\``;
    throw new HarnessError("DATA_INVALID", `expected ${expected} in config.json, found ${dim ?? "nothing"}.`, {
      where: folder,
      hint:
        preset === undefined ? undefined : `The model is not that of preset ${preset.name}; give another \`preset\`.`,
    });
  }
  const endToken = options.endToken ?? preset?.endToken?.value;
  const identity = {
    kind: "transformers",
    version: VERSION,
    library: ONNX_LIBRARY,
    model: located.identity,
    dtype,
    device,
    pooling,
    endToken: endToken ?? null,
    truncationSide,
    normalize: true,
  };
  const { positions, maxTokens } = facts;
  return { folder, located, identity, where, dim, pooling, endToken, positions, maxTokens };
}

/** @throws {HarnessError} `DATA_INVALID` when the files are no longer those that the vectors are stored under */
function requireSame({ folder, located }: DescribedModel, found: LocatedModel): void {
  if (hashJson(found.identity) === hashJson(located.identity)) return;
  throw new HarnessError("DATA_INVALID", "expected the model's files to stay as they are, found them changed.", {
    where: folder,
    hint: "Run again.",
  });
}

/** Every form with its limit. @throws {HarnessError} `SPEC_INVALID` without one, or for more than the model has places for */
function limitForms(forms: Encoder["forms"], { maxTokens: own, positions, where }: DescribedModel): Encoder["forms"] {
  function limited({ template, maxTokens = own }: TextForm): TextForm {
    const most = positions ?? Number.POSITIVE_INFINITY;
    if (maxTokens !== undefined && maxTokens <= most) return { template, maxTokens };
    const expected = positions === undefined ? "`maxTokens`" : `\`maxTokens\` of at most ${positions}`;
    const hint = "It is the model's `max_position_embeddings` (config.json) that bounds it.";
    throw new HarnessError("SPEC_INVALID", `expected ${expected}, got ${maxTokens ?? "nothing"}.`, {
      where,
      hint: positions === undefined ? "Neither a preset nor the model's files say how much it reads." : hint,
    });
  }
  return { query: limited(forms.query), document: limited(forms.document), scenario: limited(forms.scenario) };
}

async function loadModel(options: TransformersOptions, described: DescribedModel): Promise<LoadedModel> {
  const { folder, endToken, pooling } = described;
  const where = join(folder, "tokenizer.json");
  const tokenizer = await openFramedTokenizer({
    text: await readFile(where, "utf8"),
    config: await readFile(join(folder, "tokenizer_config.json"), "utf8").catch(() => undefined),
    where,
  });
  const { dtype, device, threads = availableParallelism() } = options;
  const model = await loadOnnxModel({ folder, dtype, device, threads });
  return { model, pooling, tokenizer: endToken === undefined ? tokenizer : endingOn(tokenizer, endToken, where) };
}
