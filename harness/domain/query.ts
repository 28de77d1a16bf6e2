import type { DocId, QueryId } from "./ids.ts";

/** What is asked. `excluded` names the documents that may not be returned for this query (BRIGHT's `excluded_ids`). */
export type Query = { readonly id: QueryId; readonly text: string; readonly excluded: readonly DocId[] };
