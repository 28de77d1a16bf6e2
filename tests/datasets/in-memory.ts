import { type Dataset, NO_PROMPTS } from "../../harness/domain/dataset.ts";
import { docId, queryId } from "../../harness/domain/ids.ts";
import { DEFAULT_POLICY } from "../../harness/domain/policy.ts";

export type Judged = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** A dataset whose texts are in memory; `excluded` by query id. */
export function datasetOf(
  texts: Readonly<Record<string, string>>,
  qrels: Judged,
  excluded: Readonly<Record<string, readonly string[]>> = {},
): Dataset {
  return {
    id: "set",
    docIds: Object.keys(texts).map(docId),
    corpus: {
      contentHash: "hash",
      count: Object.keys(texts).length,
      views: () => Object.entries(texts).map(([id, text]) => ({ id, title: "", text })),
    },
    queries: Object.keys(qrels).map((id) => ({
      id: queryId(id),
      text: `text of ${id}`,
      excluded: (excluded[id] ?? []).map(docId),
    })),
    qrels: new Map(
      Object.entries(qrels).map(([query, grades]) => [
        queryId(query),
        new Map(Object.entries(grades).map(([id, grade]) => [docId(id), grade])),
      ]),
    ),
    policy: DEFAULT_POLICY,
    prompts: NO_PROMPTS,
    origin: [],
    notes: [],
  };
}

/** Judgements as plain objects, to compare. */
export function plainQrels({ qrels }: Dataset): Judged {
  return Object.fromEntries(Array.from(qrels, ([query, grades]) => [query, Object.fromEntries(grades)]));
}
