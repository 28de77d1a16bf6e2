import type { Outcome, Prompt } from "../llm/types.ts";

/** What an LLM has to say of one document. */
export type DocumentPrompt = {
  readonly docId: string;
  readonly prompt: Prompt;
  readonly key: string;
  /** Whether only the beginning of the document is sent. */
  readonly truncated: boolean;
};

/** What became of a document's prompt; undefined where it was not asked yet. */
export type DocumentOutcome = DocumentPrompt & {
  readonly answer: { readonly outcome: Outcome; readonly at: string } | undefined;
};
