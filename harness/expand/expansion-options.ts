import { z } from "zod";
import { askingOptions } from "../llm/asking-options.ts";
import { chatShape } from "../llm/openai-options.ts";
import { replayOptions } from "../llm/replay.ts";

/** What a model is asked where a run file says nothing. */
type Defaults = {
  readonly samples: number;
  readonly temperature: number;
  readonly topP: number;
  /** Of an answer. */
  readonly maxTokens: number;
};

/** Options of every expansion that a model writes, as a zod shape. */
export function expansionOptions({ samples, ...sampling }: Defaults) {
  return {
    client: z
      .discriminatedUnion("kind", [
        z.strictObject({ kind: z.literal("openai").optional(), ...chatShape(sampling) }),
        z.strictObject(replayOptions),
      ])
      .describe("The model and its servers, or `kind: replay` and a file of recorded answers."),
    samples: z.int().min(1).max(1_000).default(samples).describe("Texts for every query; their vectors are averaged."),
    prompt: z
      .string()
      .min(1)
      .optional()
      .describe(
        "A text file with `{query}`, and `{dataset}`, sent to the last byte; without it the one that is shipped.",
      ),
    datasetName: z
      .string()
      .min(1)
      .optional()
      .describe("What `{dataset}` stands for; the last part of the dataset's id unless told."),
    ...askingOptions,
  };
}

export type ExpansionOptions = z.output<z.ZodObject<ReturnType<typeof expansionOptions>>>;
