import { NO_PROMPTS, type SearchedCorpus } from "../../harness/domain/dataset.ts";
import type { View, ViewCollection } from "../../harness/domain/view.ts";
import type { NamedText } from "../../harness/encode/types.ts";
import { hashJson } from "../../harness/storage/content-hash.ts";

/** A collection in memory; a string is a view without a title. Views are called by their position. */
export function collection(entries: readonly (string | Omit<View, "id">)[]): ViewCollection {
  const views = entries.map((entry, row) =>
    typeof entry === "string" ? { id: `${row}`, title: "", text: entry } : { id: `${row}`, ...entry },
  );
  return {
    contentHash: hashJson(views),
    count: views.length,
    async *views() {
      yield* views;
    },
  };
}

/** What a retriever is told of a corpus that comes without prompts, and of the rest what a test needs. */
export function searched(corpus: ViewCollection, more: Partial<SearchedCorpus> = {}): SearchedCorpus {
  const asked = { queries: ["original"], scenarios: new Map() };
  return { id: "test", docIds: [], corpus, queries: [], prompts: NO_PROMPTS, asked, ...more };
}

/** Texts called by their position. */
export function named(texts: readonly string[]): readonly NamedText[] {
  return texts.map((text, position) => ({ id: `${position}`, text }));
}

export async function* stream(texts: readonly string[]): AsyncGenerator<NamedText> {
  yield* named(texts);
}
