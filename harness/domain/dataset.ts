import type { DocId } from "./ids.ts";
import type { Policy } from "./policy.ts";
import type { Qrels } from "./qrels.ts";
import type { Query } from "./query.ts";
import type { ViewCollection } from "./view.ts";

/** How instructed encoders are told what a dataset is about. */
export type DatasetPrompts = {
  /** What `{task}` in an instruction stands for, by protocol. */
  readonly task: Readonly<Record<string, string>>;
  /** What goes before a text, or describes the task, by family of encoders. */
  readonly instructions: Readonly<
    Record<string, { readonly query?: string | undefined; readonly document?: string | undefined }>
  >;
};

/** Of a dataset that says nothing of it. */
export const NO_PROMPTS: DatasetPrompts = { task: {}, instructions: {} };

/** What a retriever knows of a dataset before it scores. */
export type SearchedCorpus = Pick<Dataset, "id" | "docIds" | "corpus" | "queries" | "prompts"> & {
  readonly asked: AskedSets;
};

/** What a run asks a retriever for, besides the bodies: by name, as texts of other sets have the same ids. */
export type AskedSets = {
  readonly queries: readonly string[];
  readonly scenarios: ReadonlyMap<string, ViewCollection>;
};

/** A dataset ready for retrieval. Texts are streamed; ids, queries and qrels are in memory. */
export type Dataset = {
  readonly id: string;
  /** One per document, in corpus order; row `i` everywhere is `docIds[i]`. */
  readonly docIds: readonly DocId[];
  /** Bodies of the documents, made as the policy's `docText` says. */
  readonly corpus: ViewCollection;
  /** The judged queries, in the order of the query file. */
  readonly queries: readonly Query[];
  readonly qrels: Qrels;
  readonly policy: Policy;
  readonly prompts: DatasetPrompts;
  /** Where the files are from: `owner/name@commit`, an archive's digest, or `folder`. */
  readonly origin: readonly string[];
  /** What was dropped, kept although odd, or counted, as sentences. */
  readonly notes: readonly string[];
};
