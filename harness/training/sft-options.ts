import { z } from "zod";
import { documentOptions, trainingOptions } from "./training-options.ts";

const source = z.strictObject({
  path: z
    .string()
    .min(1)
    .describe("Scenarios by a teacher: a scenario set, SPIKE's rows or training rows; JSONL or parquet."),
  dataset: z
    .string()
    .min(1)
    .optional()
    .describe("Whose documents they are of; without it the file's column `content` has the documents."),
  rowsOf: z.string().min(1).optional().describe("Take the rows whose column `dataset` says so."),
});

/** A set that teaches a model to write scenarios, as `spikebench train-data sft` reads it. */
export const sftOptions = z.strictObject({
  ...trainingOptions,
  sources: z.array(source).nonempty(),
  prompt: z
    .string()
    .min(1)
    .optional()
    .describe("Text file with `{document}` and `{dataset}`; the prompt of `scenarios generate` unless told."),
  // SPIKE's training file is called document_train_df_truncated4096.parquet
  ...documentOptions(4_096),
  noise: z.enum(["keep", "drop"]).default("keep").describe("Documents that the teacher calls noise."),
});

export type SftOptions = z.output<typeof sftOptions>;
