import { createComponent, type Fragment, type Registry } from "../component.ts";
import { file } from "./file.ts";
import { generate } from "./generate.ts";
import type { ScenarioServices, ScenarioSource } from "./types.ts";

/** Where scenarios can come from. To add one: its file, one line here. */
export const scenarioSources = { file, generate } as const satisfies Registry<ScenarioSource, ScenarioServices>;

export function createScenarioSource(fragment: Fragment, services: ScenarioServices = {}): ScenarioSource {
  return createComponent("scenario source", scenarioSources, fragment, services);
}
