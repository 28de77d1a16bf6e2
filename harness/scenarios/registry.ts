import { createComponent, type Fragment, type Registry } from "../component.ts";
import { file } from "./file.ts";
import type { ScenarioSource } from "./types.ts";

/** Where scenarios can come from. To add one: its file, one line here. */
export const scenarioSources = { file } as const satisfies Registry<ScenarioSource>;

export function createScenarioSource(fragment: Fragment): ScenarioSource {
  return createComponent("scenario source", scenarioSources, fragment, undefined);
}
