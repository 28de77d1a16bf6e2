import { z } from "zod";
import { askingOptions } from "../llm/asking-options.ts";
import { type ChatOptions, chatShape } from "../llm/openai-options.ts";

const recorded = z.strictObject({
  path: z
    .string()
    .min(1)
    .describe("Texts in a file, JSON Lines {_id: query, texts: [...]}, null for one that is missing."),
  synthetic: z.boolean().default(false).describe("They were made up and come from no model; the card says so."),
});

export type RecordedTexts = z.output<typeof recorded>;

const { temperature: _, ...sampled } = chatShape({ temperature: 1, topP: 0.9, maxTokens: 512 });

const sampledTexts = z.strictObject({
  client: z.strictObject(sampled).describe("The model and its servers."),
  samples: z.int().min(1).max(1_000).default(8).describe("Texts for every query at every temperature."),
  temperatures: z.array(z.number().min(0).max(2)).nonempty().default([0.8, 0.9, 1, 1.1]),
  ...askingOptions,
});

export type SampledTexts = z.output<typeof sampledTexts>;

const answered = z.strictObject({
  client: z
    .strictObject(chatShape({ temperature: 1, topP: 0.9, maxTokens: 512 }))
    .describe("The model and its servers."),
  prompt: z
    .string()
    .min(1)
    .optional()
    .describe("Text file with `{query}` and `{document}`, once each; without it the one that is shipped."),
  ...askingOptions,
});

export type AnsweredTexts = z.output<typeof answered>;

/** Expansions to choose from: recorded, or sampled from a model. */
export const candidateOptions = z.union([recorded, sampledTexts]);

/** Answers with the gold document at hand: recorded (the first text counts), or by a model. */
export const answerOptions = z.union([recorded, answered]);

const oneSample = z.strictObject({
  client: z
    .strictObject(chatShape({ temperature: 1, topP: 0.9, maxTokens: 512 }))
    .describe("The model and its servers."),
  ...askingOptions,
});

/** An expansion for every query: recorded (the first text counts), or one sample of a model. */
export const expansionTexts = z.union([recorded, oneSample]);

/** The same as candidates of one temperature. */
export function asCandidates(options: z.output<typeof expansionTexts>): RecordedTexts | SampledTexts {
  if ("path" in options) return options;
  const { temperature, ...client } = options.client;
  return { ...options, client, samples: 1, temperatures: [temperature] };
}

/** One temperature of a client's. */
export function atTemperature({ client }: SampledTexts, temperature: number): ChatOptions {
  return { ...client, temperature };
}
