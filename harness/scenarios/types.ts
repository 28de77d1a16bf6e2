import type { z } from "zod";
import type { Component } from "../component.ts";
import type { DocId } from "../domain/ids.ts";
import type { ScenarioSet } from "../domain/scenario-set.ts";

type ScenarioRequest = {
  readonly datasetId: string;
  readonly docIds: readonly DocId[];
  /** What relative paths refer to: the folder of the run file. */
  readonly folder: string;
};

/** Where the scenarios of a corpus come from. */
export type ScenarioSource = { load(request: ScenarioRequest): Promise<ScenarioSet> };

/** Keeps literal types; one call per source file. */
export function defineScenarioSource<const Kind extends string, Options extends z.ZodType>(
  source: Component<Kind, Options, ScenarioSource>,
): Component<Kind, Options, ScenarioSource> {
  return source;
}
