import type { z } from "zod";
import type { Component } from "../component.ts";
import type { ExpansionCoverage } from "../domain/expansion.ts";
import type { ExpansionEstimate } from "../domain/generation.ts";
import type { Query } from "../domain/query.ts";
import type { AskChoices } from "../llm/ask-missing.ts";
import type { CompletionServices } from "../llm/completion-services.ts";
import type { AskedTotals } from "../llm/completion-totals.ts";

export type ExpansionRequest = {
  readonly datasetId: string;
  readonly queries: readonly Query[];
  /** What relative paths refer to: the folder of the run file. */
  readonly folder: string;
};

/** The queries of a request, in their order, each expanded as far as there are texts for it. */
export type ExpandedQueries = {
  readonly queries: readonly Query[];
  readonly coverage: ExpansionCoverage;
  /** Of the prompt that the texts were asked for by; undefined where they are recorded. */
  readonly promptSha256: string | undefined;
};

/** A way to expand queries. */
export type Expansion = {
  /** What writes the texts; undefined where they are recorded. */
  readonly model: string | undefined;
  /**
   * @throws {HarnessError} `NOT_GENERATED` when an LLM would have to be asked first, unless what there is will do;
   *   `DATA_INVALID` when there is a text for none of the queries
   */
  load(request: ExpansionRequest & { readonly partial?: boolean | undefined }): Promise<ExpandedQueries>;
  /** Of an expansion that asks an LLM. Nothing is asked but by `generate`. */
  readonly generation?: {
    /** Texts for every query, and tokens of a text at most. */
    readonly limits: { readonly samples: number; readonly maxTokens: number };
    estimate(request: ExpansionRequest): Promise<ExpansionEstimate>;
    /** Asks for what is missing. @throws as `askMissing` */
    generate(request: ExpansionRequest, choices: AskChoices): Promise<AskedTotals>;
  };
};

/** Keeps literal types; one call per expansion file. */
export function defineExpansion<const Kind extends string, Options extends z.ZodType>(
  expansion: Component<Kind, Options, Expansion, CompletionServices>,
): Component<Kind, Options, Expansion, CompletionServices> {
  return expansion;
}
