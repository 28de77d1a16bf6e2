import type { ViewCollection } from "../../harness/domain/view.ts";

/** A corpus of texts by id, in their order. */
export function textCorpus(texts: readonly (readonly [id: string, text: string])[]): ViewCollection {
  return {
    contentHash: JSON.stringify(texts),
    count: texts.length,
    views: () => texts.map(([id, text]) => ({ id, title: "", text })),
  };
}
