import { afterEach } from "vitest";
import { type CompletionJournal, openJournal } from "../../harness/llm/completion-journal.ts";
import type { Prompt } from "../../harness/llm/types.ts";

/** Opens journals that are closed after the test, also where it failed. */
export function openedJournals(): typeof openJournal {
  let opened: CompletionJournal[] = [];
  afterEach(async () => {
    await Promise.all(opened.map((journal) => journal.close()));
    opened = [];
  });
  return async (request) => {
    const journal = await openJournal(request);
    opened.push(journal);
    return journal;
  };
}

/** A prompt of one user message for every text. */
export function userPrompts(texts: readonly string[]): readonly Prompt[] {
  return texts.map((content) => ({ messages: [{ role: "user", content }] }));
}
