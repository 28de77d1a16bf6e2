import { z } from "zod";
import { DTYPES } from "./model-files.ts";
import { POOLINGS } from "./model-presets.ts";
import { DEVICES } from "./onnx-model.ts";
import { formOptions } from "./text-forms.ts";

/** Options of the `transformers` encoder. */
export const transformersOptions = z.strictObject({
  model: z
    .string()
    .min(1)
    .describe("A folder, relative to the run file, or the id of a repository of the hub, fetched with `models fetch`."),
  revision: z
    .string()
    .regex(/^[\w.][\w./-]*$/, { error: "expected a commit, branch or tag." })
    .optional()
    .describe("Commit, branch or tag of the repository; `main`, as of the last `models fetch`, unless told."),
  dtype: z.enum(DTYPES).default("fp32").describe("Which ONNX file: model.onnx, model_fp16.onnx, model_quantized.onnx."),
  device: z.enum(DEVICES).default("cpu").describe("What the model runs on."),
  threads: z
    .int()
    .min(1)
    .max(1024)
    .optional()
    .describe("Threads of a forward pass on the CPU; all of them unless told."),
  ...formOptions,
  truncationSide: z
    .enum(["right", "left"])
    .default("right")
    .describe("Where texts over `maxTokens` lose tokens; special tokens stay."),
  pooling: z
    .enum(POOLINGS)
    .optional()
    .describe("How token vectors become one; the preset's, else what the model's own files say."),
  endToken: z.string().min(1).optional().describe("A token that every text must end on; added where it does not."),
  normalize: z.literal(true).default(true).describe("Vectors are brought to norm 1."),
  batchSize: z.int().min(1).max(4096).default(32).describe("Texts in a forward pass, at most; always 1 for q8."),
  maxBatchTokens: z
    .int()
    .min(1)
    .default(16_384)
    .describe("Tokens in a forward pass, padding included, at most; bounds memory. A longer text goes alone."),
});

export type TransformersOptions = z.output<typeof transformersOptions>;
