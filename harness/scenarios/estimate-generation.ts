import type { GenerationEstimate } from "../domain/generation.ts";
import { type EstimateRequest, estimateCompletions } from "../llm/estimate-completions.ts";
import type { DocumentPrompt } from "./document-prompt.ts";

/** Mean characters of the scenarios of a document in SPIKE's own training rows (84 of them, as JSON). */
const ANSWER_CHARACTERS = 2_661;

type Request = Omit<EstimateRequest, "prompts" | "answer"> & { readonly prompts: AsyncIterable<DocumentPrompt> };

/** Goes through all documents once, and asks nothing. */
export async function estimateGeneration({ prompts, ...request }: Request): Promise<GenerationEstimate> {
  let truncated = 0;
  async function* counted(): AsyncGenerator<DocumentPrompt> {
    for await (const prompt of prompts) {
      truncated += prompt.truncated ? 1 : 0;
      yield prompt;
    }
  }
  const tokens = ANSWER_CHARACTERS / request.options.charactersPerToken;
  const answer = { tokens, length: "assumed" } as const;
  const { prompts: documents, ...estimate } = await estimateCompletions({ ...request, prompts: counted(), answer });
  return { documents, truncated, ...estimate };
}
