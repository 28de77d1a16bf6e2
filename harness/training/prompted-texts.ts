import type { CompletionEstimate } from "../domain/generation.ts";
import { HarnessError } from "../errors.ts";
import { type AskChoices, askMissing } from "../llm/ask-missing.ts";
import type { AskingOptions } from "../llm/asking-options.ts";
import { openJournal } from "../llm/completion-journal.ts";
import type { CompletionServices } from "../llm/completion-services.ts";
import type { AskedTotals } from "../llm/completion-totals.ts";
import { estimateCompletions } from "../llm/estimate-completions.ts";
import { openChatClient } from "../llm/openai.ts";
import type { ChatOptions } from "../llm/openai-options.ts";
import type { Prompt } from "../llm/types.ts";

/** What one model, at one temperature, answers to some prompts, as far as it is in the journal. */
export type PromptedTexts = {
  estimate(): Promise<CompletionEstimate & { readonly prompts: number }>;
  /** Asks for what is missing. @param spentUsd on everything that shares the budget */
  generate(spent: Pick<CompletionEstimate, "spentUsd" | "usd">, choices: AskChoices): Promise<AskedTotals>;
  /** What the model said; undefined where it failed or was not asked. */
  textOf(prompt: Prompt): Promise<string | undefined>;
  close(): Promise<void>;
};

export type PromptedSetting = {
  readonly options: AskingOptions & { readonly client: ChatOptions };
  readonly services: CompletionServices;
  /** A new pass at every call. */
  readonly prompts: () => Iterable<Prompt>;
  /** Whether an answer is of use. */
  readonly usable: (text: string) => boolean;
};

/** Opens the journal of the answers. Nothing is asked. @throws {HarnessError} `USAGE` without a folder for completions */
export async function openPromptedTexts({
  options,
  services,
  prompts,
  usable,
}: PromptedSetting): Promise<PromptedTexts> {
  if (services.completions === undefined) throw new HarnessError("USAGE", "expected a folder for completions.");
  const client = openChatClient(options.client, services);
  const onWarning = services.say ?? (() => undefined);
  const journal = await openJournal({ root: services.completions, client, onWarning });
  function* keyed() {
    for (const prompt of prompts()) yield { prompt, key: journal.keyOf(prompt) };
  }
  return {
    estimate() {
      const answer = { tokens: options.client.maxTokens, length: "limit" } as const;
      return estimateCompletions({ options, client, journal, prompts: keyed(), answer });
    },
    generate: (estimate, choices) =>
      askMissing({ options, services, client, journal, prompts: prompts(), usable, estimate }, choices),
    async textOf(prompt) {
      const entry = await journal.find(journal.keyOf(prompt));
      return entry?.outcome.status === "answered" ? entry.outcome.text : undefined;
    },
    close: () => journal.close(),
  };
}
