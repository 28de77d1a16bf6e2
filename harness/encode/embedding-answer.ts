import { z } from "zod";
import { HarnessError } from "../errors.ts";
import { EndpointFailure } from "../remote/openai-client.ts";
import { RetryLater } from "../runtime/retry.ts";

const answerSchema = z.object({
  model: z.string().optional(),
  data: z.array(
    z.object({
      index: z.int().nonnegative(),
      // numbers are checked as they are copied
      embedding: z.union([z.string(), z.custom<readonly unknown[]>(Array.isArray)]),
    }),
  ),
  usage: z.object({ prompt_tokens: z.int().nonnegative() }).optional().catch(undefined),
});

export type ExpectedAnswer = {
  readonly where: string;
  readonly count: number;
  readonly dim: number;
  /** The name that the answer must carry; `*` for any. */
  readonly model: string;
};

export type EmbeddingAnswer = {
  /** Of unit norm, in the order of the request; undefined where the server gave no direction (not finite, or all zero). */
  readonly vectors: readonly (Float32Array | undefined)[];
  readonly tokens: number | undefined;
};

/**
 * Reads an answer of `/v1/embeddings`, vectors in base64 (float32, little-endian) or as numbers, placed by their `index`.
 *
 * @throws {RetryLater} for text that is no answer, and unless every index from 0 occurs once
 * @throws {HarnessError} `DIMENSION_MISMATCH`; `REMOTE_REFUSED` for another model
 */
export function readEmbeddingAnswer(body: string, expected: ExpectedAnswer): EmbeddingAnswer {
  const { where, count, dim, model } = expected;
  const parsed = answerSchema.safeParse(parseJson(body));
  if (!parsed.success) throw malformed("no list of embeddings", where);
  const { data, usage, model: served = "" } = parsed.data;
  if (model !== "*" && served !== model) {
    throw new HarnessError("REMOTE_REFUSED", `expected vectors of model \`${model}\`, got those of \`${served}\`.`, {
      where,
      hint: "If that is the same model, say so by `servedModel` (`*` takes any name).",
    });
  }
  const vectors: (Float32Array | undefined)[] = Array.from({ length: count });
  const seen = new Set<number>();
  for (const { index, embedding } of data) {
    if (index >= count || seen.has(index)) throw malformed(`index ${index} is out of place`, where);
    seen.add(index);
    vectors[index] = unitVector(numbersOf(embedding, where), dim, where);
  }
  if (seen.size !== count) throw malformed(`${seen.size} embeddings for ${count} texts`, where);
  return { vectors, tokens: usage?.prompt_tokens };
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** Cut short or muddled: another try may do. */
function malformed(what: string, where: string): RetryLater {
  return new RetryLater(new EndpointFailure(`the answer is malformed: ${what}.`, { status: undefined, where }));
}

function numbersOf(embedding: string | readonly unknown[], where: string): Float64Array {
  if (typeof embedding !== "string") {
    return Float64Array.from(embedding, (value) => (typeof value === "number" ? value : Number.NaN));
  }
  const bytes = Buffer.from(embedding, "base64");
  if (bytes.length % 4 !== 0) throw malformed("base64 that is not of float32 values", where);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float64Array.from({ length: bytes.length / 4 }, (_, at) => view.getFloat32(4 * at, true));
}

function unitVector(values: Float64Array, dim: number, where: string): Float32Array | undefined {
  if (values.length !== dim) {
    throw new HarnessError("DIMENSION_MISMATCH", `expected vectors of ${dim} dimensions, got ${values.length}.`, {
      where,
      hint: "Set `dimensions` to what the model gives, or `sendDimensions: true` if the server can shorten vectors.",
    });
  }
  let sum = 0;
  for (const value of values) sum += value * value;
  const norm = Math.sqrt(sum);
  return Number.isFinite(norm) && norm > 0 ? Float32Array.from(values, (value) => value / norm) : undefined;
}
