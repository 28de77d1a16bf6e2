import { type FetchedModel, fetchModel } from "../../encode/fetch-model.ts";
import { type Dtype, isHubId } from "../../encode/model-files.ts";
import { findPreset, modelPresets } from "../../encode/model-presets.ts";
import { HarnessError } from "../../errors.ts";
import { hubRecordFolder } from "../../storage/layout.ts";
import type { Workspace } from "../workspace.ts";

export type ModelReport = FetchedModel;

export type ModelsToFetch = {
  /** Names of presets or ids at the hub. */
  readonly models: readonly string[];
  readonly revision: string | undefined;
  readonly dtype: Dtype;
};

/**
 * Fetches models, one after the other; what is there already is checked.
 *
 * @throws {HarnessError} `USAGE` for a name that is neither preset nor id, or one revision of several models, before
 *   anything is downloaded; and as `fetchModel`
 */
export async function* fetchModels(asked: ModelsToFetch, workspace: Workspace): AsyncGenerator<ModelReport> {
  const { hub, cache, progress, signal } = workspace;
  const { models, revision, dtype } = asked;
  if (revision !== undefined && models.length > 1) {
    throw new HarnessError("USAGE", `expected one model for \`--revision\`, got ${models.length}.`);
  }
  const choices = models.map((name) => ({ ...repositoryOf(name), revision, dtype }));
  for (const choice of choices) {
    signal?.throwIfAborted();
    yield await fetchModel(choice, { hub, records: hubRecordFolder(cache), progress, signal });
  }
}

function repositoryOf(name: string) {
  const preset = modelPresets().find((candidate) => candidate.name === name) ?? findPreset({ model: name });
  const model = preset?.models.includes(name) === false ? preset.models[0] : name;
  if (model !== undefined && isHubId(model)) return { model, onnx: preset?.onnx };
  throw new HarnessError("USAGE", `expected a preset or the id of a model at the hub, got \`${name}\`.`, {
    hint: "Ids are `owner/name`; presets are listed by `spikebench models list`. A model's folder needs no fetching.",
  });
}
