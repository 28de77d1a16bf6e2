import { z } from "zod";
import { questionOptions } from "./question-options.ts";
import { answerOptions, candidateOptions } from "./text-options.ts";
import { documentOptions, trainingOptions } from "./training-options.ts";

/** What a candidate is rewarded for. */
const REWARDS = ["rank", "answer", "qrels"] as const;
export type RewardKind = (typeof REWARDS)[number];

/** A set that teaches a model to expand queries, as `spikebench train-data dpo` reads it. */
export const dpoOptions = z.strictObject({
  ...trainingOptions,
  ...questionOptions,
  candidates: candidateOptions.describe("Expansions to choose from."),
  answers: answerOptions.optional().describe("Answers with the gold document at hand, for the reward `answer`."),
  rewards: z
    .array(z.enum(REWARDS))
    .nonempty()
    .refine((rewards) => new Set(rewards).size === rewards.length, "expected every reward once")
    .default(["rank", "answer"])
    .describe(
      "Summed: `rank` and `answer`, 1 / rank among the candidates by similarity to the gold document and to the answer; " +
        "`qrels`, 1 / rank of the best relevant document in the whole corpus.",
    ),
  minSimilarity: z
    .union([z.number().max(2), z.literal("off")])
    .default(0.6)
    .describe(
      "A query is kept when the similarities of some candidate to gold document and answer sum to so much, 2 at most.",
    ),
  queryWeight: z
    .number()
    .min(0)
    .max(1)
    .default(0.5)
    .describe("Weight of the query's own vector beside a candidate's, for `qrels`; llm-qe searches with 0.5."),
  queryRepeats: z.int().min(0).max(100).default(5).describe("For `qrels` where words are searched, as llm-qe has it."),
  pairs: z.int().min(1).optional().describe("Pairs to train on at most, a sample; the papers have 30,000."),
  // what of a gold document an answering model reads; the papers' limit is not known
  ...documentOptions(4_096),
});

export type DpoOptions = z.output<typeof dpoOptions>;
