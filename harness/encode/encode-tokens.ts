import type { FramedTokenizer } from "../analysis/tokenizer.ts";
import { HarnessError } from "../errors.ts";
import type { Pooling } from "./model-presets.ts";
import type { OnnxModel } from "./onnx-model.ts";
import { poolTokens } from "./pool-tokens.ts";
import { batchByLength, createPadder, type TokenText } from "./token-batches.ts";
import type { TransformersOptions } from "./transformers-options.ts";
import type { EncodedTexts, TextForm } from "./types.ts";

/** A model with everything that is needed to run it. */
export type LoadedModel = {
  readonly model: OnnxModel;
  readonly tokenizer: FramedTokenizer;
  readonly pooling: Pooling;
};

/** The same tokenizer, with a token at the end of every text unless it puts it there itself. @throws {HarnessError} `DATA_INVALID` */
export function endingOn(tokenizer: FramedTokenizer, token: string, where: string): FramedTokenizer {
  const id = tokenizer.idOf(token);
  if (id === undefined) {
    throw new HarnessError("DATA_INVALID", `expected the token \`${token}\`, found none of that name.`, {
      where,
      hint: "It is the encoder's `endToken`, or that of its preset.",
    });
  }
  return tokenizer.after.at(-1) === id ? tokenizer : { ...tokenizer, after: [...tokenizer.after, id] };
}

export type EncodeContext = LoadedModel & {
  readonly options: TransformersOptions;
  readonly dim: number;
  readonly where: string;
  readonly signal: AbortSignal | undefined;
};

/**
 * Texts of one role to unit vectors: tokens, cut to the form's limit; passes over texts of similar length; pooling.
 *
 * @throws {HarnessError} `SPEC_INVALID` for a limit that leaves no room; `DIMENSION_MISMATCH`; as `OnnxModel.run`
 */
export async function encodeTokens(
  texts: readonly string[],
  form: TextForm,
  context: EncodeContext,
): Promise<EncodedTexts> {
  const { model, tokenizer, pooling, dim, where, signal } = context;
  const { batchSize, maxBatchTokens, dtype } = context.options;
  const vectors = new Float32Array(texts.length * dim);
  const truncated: number[] = [];
  const tokenised: TokenText[] = [];
  for (const [position, text] of texts.entries()) {
    const ids = text.trim() === "" ? undefined : tokenIds(text, form, context);
    if (ids?.cut === true) truncated.push(position);
    if (ids !== undefined) tokenised.push({ position, ids: ids.ids });
  }
  const pad = createPadder(tokenizer.padId);
  for (const batch of batchByLength(tokenised, { size: dtype === "q8" ? 1 : batchSize, tokens: maxBatchTokens })) {
    signal?.throwIfAborted();
    const output = await model.run(pad(batch));
    if (output.dim !== dim) {
      throw new HarnessError("DIMENSION_MISMATCH", `expected vectors of ${dim} values, got ${output.dim}.`, { where });
    }
    for (const [row, { position, ids }] of batch.entries()) {
      const out = vectors.subarray(position * dim, (position + 1) * dim);
      poolTokens(output, { row, length: ids.length, pooling }, out);
    }
  }
  return { vectors, truncated };
}

/** What the model reads of a text; undefined for a text without tokens. */
function tokenIds(text: string, { template, maxTokens }: TextForm, { tokenizer, options, where }: EncodeContext) {
  // a function, since `$` in a replacement text would mean something
  const content = tokenizer.ids(template.replace("{text}", () => text));
  if (content.length === 0) return undefined;
  const { before, after } = tokenizer;
  const room = (maxTokens ?? Number.POSITIVE_INFINITY) - before.length - after.length;
  if (room < 1) {
    throw new HarnessError(
      "SPEC_INVALID",
      `expected \`maxTokens\` above ${before.length + after.length}, the special tokens.`,
      {
        where,
      },
    );
  }
  const cut = content.length > room;
  const kept = options.truncationSide === "right" ? content.slice(0, room) : content.slice(-room);
  return { ids: [...before, ...(cut ? kept : content), ...after], cut };
}
