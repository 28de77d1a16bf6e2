import type { View, ViewCollection } from "../../harness/domain/view.ts";
import { hashJson } from "../../harness/storage/content-hash.ts";

/** A collection in memory; a string is a view without a title. */
export function collection(entries: readonly (string | View)[]): ViewCollection {
  const views = entries.map((entry) => (typeof entry === "string" ? { title: "", text: entry } : entry));
  return {
    contentHash: hashJson(views),
    count: views.length,
    async *views() {
      yield* views;
    },
  };
}

export async function* stream(texts: readonly string[]): AsyncGenerator<string> {
  yield* texts;
}
