import type { ExpansionEstimate } from "../domain/generation.ts";
import type { Query } from "../domain/query.ts";
import { HarnessError } from "../errors.ts";
import { type AskChoices, askMissing } from "../llm/ask-missing.ts";
import { openJournal } from "../llm/completion-journal.ts";
import type { CompletionServices } from "../llm/completion-services.ts";
import type { AskedTotals } from "../llm/completion-totals.ts";
import { estimateCompletions } from "../llm/estimate-completions.ts";
import { openChatClient } from "../llm/openai.ts";
import type { ChatOptions } from "../llm/openai-options.ts";
import type { Outcome, Prompt } from "../llm/types.ts";
import type { ExpansionOptions } from "./expansion-options.ts";
import { readQueryPrompt } from "./query-prompt.ts";
import { leadInStripper } from "./strip-lead-in.ts";
import type { ExpansionRequest } from "./types.ts";

/** What one model writes for the queries of one dataset, as far as it is in the journal. */
export type QueryGeneration = {
  readonly promptSha256: string;
  estimate(): Promise<ExpansionEstimate>;
  /** Asks for what is missing. @param estimate made just before */
  generate(estimate: ExpansionEstimate, choices: AskChoices): Promise<AskedTotals>;
  /** Undefined where it was not asked yet. */
  outcome(query: Query, sample: number): Promise<Outcome | undefined>;
  close(): Promise<void>;
};

export type GenerationSetting = {
  readonly options: ExpansionOptions & { readonly client: ChatOptions };
  /** Name of the prompt that is shipped, a file beside this one. */
  readonly prompt: string;
  readonly services: CompletionServices;
};

/**
 * Opens the journal of the answers. Nothing is asked.
 *
 * @throws {HarnessError} as `readQueryPrompt`; `USAGE` where there is no folder for completions
 */
export async function openQueryGeneration(
  { options, prompt: shipped, services }: GenerationSetting,
  { datasetId, queries, folder }: ExpansionRequest,
): Promise<QueryGeneration> {
  if (services.completions === undefined) throw new HarnessError("USAGE", "expected a folder for completions.");
  const template = await readQueryPrompt({ file: options.prompt, folder, shipped });
  const client = openChatClient(options.client, services);
  const onWarning = services.say ?? (() => undefined);
  const journal = await openJournal({ root: services.completions, client, onWarning });
  const strip = await leadInStripper();
  const dataset = options.datasetName ?? datasetId.split("/").at(-1) ?? datasetId;
  function promptOf({ id, text }: Query, sample: number): Prompt {
    const content = template.fill({ query: text, dataset });
    return { messages: [{ role: "user", content }], sample, about: id };
  }
  function* prompts(): Generator<Prompt> {
    for (const query of queries) {
      for (let sample = 0; sample < options.samples; sample++) yield promptOf(query, sample);
    }
  }
  function* keyed() {
    for (const prompt of prompts()) yield { prompt, key: journal.keyOf(prompt) };
  }
  return {
    promptSha256: template.sha256,
    async estimate() {
      const answer = { tokens: options.client.maxTokens, length: "limit" } as const;
      const request = { options, client, journal, prompts: keyed(), answer };
      const { prompts: _, ...estimate } = await estimateCompletions(request);
      return { queries: queries.length, samples: options.samples, ...estimate };
    },
    generate(estimate, choices) {
      const usable = (text: string) => strip(text).text !== "";
      return askMissing({ options, services, client, journal, prompts: prompts(), usable, estimate }, choices);
    },
    outcome: async (query, sample) => (await journal.find(journal.keyOf(promptOf(query, sample))))?.outcome,
    close: () => journal.close(),
  };
}
