import { z } from "zod";

/** What makes an item of training data leak what a system is evaluated on. */
export const LEAK_KINDS = ["query", "paraphrase", "gold-document", "flagged-gold"] as const;
export type LeakKind = (typeof LEAK_KINDS)[number];

const evaluationSet = z.strictObject({
  dataset: z.string().min(1).describe("Id of the dataset that systems are evaluated on."),
  qrels: z.string().min(1).optional().describe("Its judgements in a file, where the dataset itself is not here."),
  queries: z
    .string()
    .min(1)
    .optional()
    .describe("Its queries in a file, JSON Lines {_id, text} or BRIGHT's {id, query}; with `qrels`."),
  rowsOf: z.array(z.string().min(1)).default([]).describe("What training rows call it in their column `dataset`."),
  ifAbsent: z
    .enum(["fail", "report"])
    .default("fail")
    .describe("Where its files are not here: stop, or say in the card that nothing could be compared."),
});

export type EvaluationEntry = z.output<typeof evaluationSet>;

/** Options of every training set, as a zod shape. */
export const trainingOptions = {
  version: z.literal(1).describe("Version of this file's layout."),
  name: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, "expected letters, digits, `.`, `_` and `-`")
    .describe("Files go to `training/<name>`."),
  seed: z.int().min(0).default(42).describe("Decides, with ids alone, what is sampled and split off."),
  validation: z
    .number()
    .min(0)
    .refine((size) => size < 1 || Number.isInteger(size), "expected a share below 1 or a whole number")
    .default(0.1)
    .describe("Size of the validation split: below 1 a share of all, else a number."),
  leakage: z
    .strictObject({
      against: z
        .array(z.preprocess((entry) => (typeof entry === "string" ? { dataset: entry } : entry), evaluationSet))
        .describe(
          "Datasets that systems trained on this will be evaluated on; an empty list says that none is compared.",
        ),
      overlap: z
        .number()
        .gt(0)
        .max(1)
        .default(0.8)
        .describe("Share of words (shared / all of both) from which a text counts as a paraphrase of a test query."),
      exclude: z
        .array(z.enum(LEAK_KINDS))
        .default([...LEAK_KINDS])
        .describe("What is left out; the rest is only told."),
    })
    .describe("What is compared with test data. Nothing leaks by default."),
};

/** What a model reads of a document, as a zod shape. */
export function documentOptions(maxDocumentTokens: number) {
  return {
    maxDocumentTokens: z.int().min(1).default(maxDocumentTokens).describe("Longer documents are cut."),
    tokenizer: z.string().min(1).optional().describe("tokenizer.json to count by; without it tokens are estimated."),
    charactersPerToken: z.number().positive().default(4).describe("The estimate: UTF-16 units for a token."),
  };
}
