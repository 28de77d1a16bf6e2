import type { z } from "zod";
import type { Component } from "../component.ts";
import type { Dataset } from "../domain/dataset.ts";
import type { GenerationEstimate } from "../domain/generation.ts";
import type { ScenarioSet } from "../domain/scenario-set.ts";
import type { CompletionServices } from "../llm/completion-services.ts";
import type { CompletionTotals } from "../llm/completion-totals.ts";

export type ScenarioRequest = Pick<Dataset, "docIds" | "corpus"> & {
  readonly datasetId: string;
  /** What relative paths refer to: the folder of the run file. */
  readonly folder: string;
};

/** Where the scenarios of a corpus come from. */
export type ScenarioSource = {
  /** @throws {HarnessError} `NOT_GENERATED` when an LLM would have to be asked first, unless what there is will do */
  load(request: ScenarioRequest & { readonly partial?: boolean | undefined }): Promise<ScenarioSet>;
  /** Of a source that asks an LLM. Nothing is asked but by `generate`. */
  readonly generation?: {
    estimate(request: ScenarioRequest): Promise<GenerationEstimate>;
    readonly model: string;
    /** Whether several processes may ask for some documents each; not where a budget or a batch is for all of them. */
    readonly divisible: boolean;
    /** Asks for what is missing. @throws as `completePrompts` */
    generate(request: ScenarioRequest, onProgress: (totals: CompletionTotals) => void): Promise<CompletionTotals>;
  };
};

/** What every source is built with; sources that only read use none of it. */
export type ScenarioServices = CompletionServices;

/** Keeps literal types; one call per source file. */
export function defineScenarioSource<const Kind extends string, Options extends z.ZodType>(
  source: Component<Kind, Options, ScenarioSource, ScenarioServices>,
): Component<Kind, Options, ScenarioSource, ScenarioServices> {
  return source;
}
