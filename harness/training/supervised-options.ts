import { z } from "zod";
import { questionOptions } from "./question-options.ts";
import { expansionTexts } from "./text-options.ts";
import { trainingOptions } from "./training-options.ts";

/** A set that teaches a retriever, as `spikebench train-data supervised` reads it. */
export const supervisedOptions = z
  .strictObject({
    ...trainingOptions,
    ...questionOptions,
    expansions: expansionTexts.optional().describe("An expansion for every query; the first text counts."),
    anchor: z
      .enum(["query", "expansion"])
      .optional()
      .describe("What is trained to be near the document; the expansion, where there are some, as in LLM-QE."),
    mineWith: z
      .enum(["query", "expansion"])
      .optional()
      .describe("What negatives are searched by; the anchor unless told."),
    negatives: z.int().min(1).max(1_000).default(1).describe("For every query; LLM-QE has one."),
    ranks: z
      .strictObject({ from: z.int().min(1).default(1), to: z.int().min(1).max(10_000).default(100) })
      .refine(({ from, to }) => from <= to, "expected `from` to be at most `to`")
      .prefault({})
      .describe("Ranks in the whole corpus that negatives come from."),
    margin: z
      .number()
      .min(0)
      .default(0)
      .describe(
        "A document that scores above the gold document's score less this is taken for an unjudged relevant one.",
      ),
    choose: z
      .enum(["sample", "hardest"])
      .default("sample")
      .describe("Of those that are left: a sample by the seed, or the best ranked."),
  })
  .refine(({ negatives, ranks: { from, to } }) => negatives <= to - from + 1, {
    path: ["negatives"],
    error: "expected no more negatives than there are `ranks`",
  });

export type SupervisedOptions = z.output<typeof supervisedOptions>;
