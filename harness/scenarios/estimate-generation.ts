import type { GenerationEstimate } from "../domain/generation.ts";
import type { CompletionJournal } from "../llm/completion-journal.ts";
import type { ChatClient, TokenCounts } from "../llm/types.ts";
import type { GenerationOptions } from "./generation-options.ts";
import type { DocumentPrompt } from "./scenario-generation.ts";

/** Mean characters of the scenarios of a document in SPIKE's own training rows (84 of them, as JSON). */
const ANSWER_CHARACTERS = 2_661;

export type EstimateRequest = {
  readonly options: GenerationOptions;
  readonly client: ChatClient;
  readonly journal: CompletionJournal;
  readonly prompts: () => AsyncGenerator<DocumentPrompt>;
};

/** Goes through all documents once, and asks nothing. */
export async function estimateGeneration({
  options,
  client,
  journal,
  prompts,
}: EstimateRequest): Promise<GenerationEstimate> {
  const { charactersPerToken, tokensPerSecond } = options;
  const seen = new Set<string>();
  const kept: TokenCounts[] = [];
  const counts = { documents: 0, kept: 0, toAsk: 0, truncated: 0, promptTokens: 0 };
  for await (const { key, prompt, truncated } of prompts()) {
    counts.documents += 1;
    counts.truncated += truncated ? 1 : 0;
    const known = journal.kept(key);
    counts.kept += known === undefined ? 0 : 1;
    if (seen.has(key)) continue;
    seen.add(key);
    if (known !== undefined) kept.push(known);
    else {
      counts.toAsk += 1;
      counts.promptTokens += Math.ceil(lengthOf(prompt.messages) / charactersPerToken);
    }
  }
  const measured = meanCompletion(kept);
  const completionTokens = Math.ceil(counts.toAsk * (measured ?? ANSWER_CHARACTERS / charactersPerToken));
  return {
    ...counts,
    completionTokens,
    answerLength: measured === undefined ? "assumed" : "measured",
    spentUsd: sumCosts(client, kept),
    usd: client.costOf({ promptTokens: counts.promptTokens, completionTokens }),
    seconds: tokensPerSecond === undefined ? undefined : completionTokens / tokensPerSecond,
  };
}

function lengthOf(messages: DocumentPrompt["prompt"]["messages"]): number {
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
