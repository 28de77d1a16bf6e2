import type { DocId, QueryId } from "./ids.ts";

/** What is asked. `excluded` names the documents that may not be returned for this query (BRIGHT's `excluded_ids`). */
export type Query = QueryText & { readonly id: QueryId; readonly excluded: readonly DocId[] };

/** What a retriever is given of a query. */
export type QueryText = { readonly id: string; readonly text: string };
