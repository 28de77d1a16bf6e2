import type { QueryText } from "../../harness/domain/query.ts";
import type { ViewCollection } from "../../harness/domain/view.ts";
import { createEngine } from "../../harness/engine/registry.ts";
import type { OpenedRetriever, RetrieverServices, Search, SearchTask } from "../../harness/retrieve/types.ts";

/** What a retriever needs that makes no vectors; one that does is given a cache. */
export function retrieverServices(more: Partial<RetrieverServices> = {}): RetrieverServices {
  return {
    folder: ".",
    embeddings: {
      missing() {
        throw new Error("asked for vectors");
      },
      embed: () => Promise.reject(new Error("asked for vectors")),
    },
    engine: (fragment) => createEngine(fragment, { threads: 1, maxBytes: 2 ** 28 }).open(),
    ...more,
  };
}

export type ScoreRow = { readonly scores: readonly number[]; readonly matched: readonly number[] | undefined };

/** Every score of the documents, a row a query. */
export async function scoreTexts(
  opened: OpenedRetriever,
  documents: ViewCollection,
  queries: readonly QueryText[],
  more: Partial<SearchTask> = {},
): Promise<Pick<Search, "encoded" | "truncated"> & { readonly rows: readonly ScoreRow[] }> {
  const { answers, ...search } = await opened.search({
    documents,
    ties: Int32Array.from({ length: documents.count }, (_, row) => row),
    queries,
    excluded: queries.map(() => new Int32Array()),
    questions: { scores: true },
    ...more,
  });
  const rows: ScoreRow[] = [];
  // arrays are valid until the next answer
  for await (const { scores, matched } of answers) {
    rows.push({ scores: [...(scores?.document ?? [])], matched: matched && [...matched] });
  }
  return { ...search, rows };
}
