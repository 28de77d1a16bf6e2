import type { CompletionEstimate } from "../domain/generation.ts";
import type { AskingOptions } from "./asking-options.ts";
import type { CompletionJournal } from "./completion-journal.ts";
import type { ChatClient, Prompt, TokenCounts } from "./types.ts";

type KeyedPrompt = { readonly prompt: Prompt; readonly key: string };

export type EstimateRequest = {
  readonly options: Pick<AskingOptions, "charactersPerToken" | "tokensPerSecond">;
  readonly client: ChatClient;
  readonly journal: CompletionJournal;
  readonly prompts: AsyncIterable<KeyedPrompt> | Iterable<KeyedPrompt>;
  /** What is expected of an answer before the first one is known. */
  readonly answer: { readonly tokens: number; readonly length: "assumed" | "limit" };
};

/** Goes through all prompts once, and asks nothing. @returns with how many prompts there are, equal ones counted each */
export async function estimateCompletions({
  options: { charactersPerToken, tokensPerSecond },
  client,
  journal,
  prompts,
  answer,
}: EstimateRequest): Promise<CompletionEstimate & { readonly prompts: number }> {
  const seen = new Set<string>();
  const known: TokenCounts[] = [];
  const counts = { prompts: 0, kept: 0, toAsk: 0, promptTokens: 0 };
  for await (const { key, prompt } of prompts) {
    counts.prompts += 1;
    const kept = journal.kept(key);
    counts.kept += kept === undefined ? 0 : 1;
    if (seen.has(key)) continue;
    seen.add(key);
    if (kept !== undefined) known.push(kept);
    else {
      counts.toAsk += 1;
      counts.promptTokens += Math.ceil(lengthOf(prompt) / charactersPerToken);
    }
  }
  const measured = meanCompletion(known);
  const completionTokens = Math.ceil(counts.toAsk * (measured ?? answer.tokens));
  return {
    ...counts,
    completionTokens,
    answerLength: measured === undefined ? answer.length : "measured",
    spentUsd: sumCosts(client, known),
    usd: client.costOf({ promptTokens: counts.promptTokens, completionTokens }),
    seconds: tokensPerSecond === undefined ? undefined : completionTokens / tokensPerSecond,
  };
}

function lengthOf({ messages }: Prompt): number {
  return messages.reduce((sum, { content }) => sum + content.length, 0);
}

function meanCompletion(kept: readonly TokenCounts[]): number | undefined {
  const known = kept.map(({ completionTokens }) => completionTokens).filter((count) => count !== undefined);
  return known.length === 0 ? undefined : known.reduce((sum, count) => sum + count, 0) / known.length;
}

/** What has no count costs nothing that is known: a prompt that was turned away, or an answer of a server that does not count. */
function sumCosts(client: ChatClient, kept: readonly TokenCounts[]): number | undefined {
  if (!client.priced) return undefined;
  return kept.reduce((sum, tokens) => sum + (client.costOf(tokens) ?? 0), 0);
}
