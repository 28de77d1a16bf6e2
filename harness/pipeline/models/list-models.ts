import { readdir } from "node:fs/promises";
import { DTYPES, type Dtype, locateModel } from "../../encode/model-files.ts";
import { type ModelPreset, modelPresets, unverifiedSettings } from "../../encode/model-presets.ts";
import { HarnessError } from "../../errors.ts";
import { hubRecordFolder } from "../../storage/layout.ts";
import type { Workspace } from "../workspace.ts";

/** A model that run files can name. */
export type ListedModel = {
  readonly model: string;
  /** Undefined for a model that was fetched and has none. */
  readonly preset: ModelPreset | undefined;
  readonly unverified: readonly string[];
  /** The ONNX files that are here, whole. */
  readonly fetched: readonly Dtype[];
};

/** The models of all presets, and those that were fetched besides, in the order of their names. */
export async function listModels(workspace: Pick<Workspace, "hub" | "cache">): Promise<readonly ListedModel[]> {
  const records = hubRecordFolder(workspace.cache);
  const access = { hub: workspace.hub, records };
  const listed: ListedModel[] = [];
  for (const preset of modelPresets()) {
    const [model = preset.name] = preset.models;
    const fetched = await fetchedDtypes(preset.onnx ?? model, access);
    listed.push({ model, preset, unverified: unverifiedSettings(preset), fetched });
  }
  const known = new Set(modelPresets().flatMap(({ models, onnx }) => [models[0], onnx]));
  for (const model of await recordedModels(records)) {
    if (known.has(model)) continue;
    const preset = modelPresets().find(({ models }) => models.includes(model));
    listed.push({ model, preset, unverified: [], fetched: await fetchedDtypes(model, access) });
  }
  return listed;
}

type Access = Pick<Workspace, "hub"> & { readonly records: string };

async function fetchedDtypes(model: string, models: Access): Promise<readonly Dtype[]> {
  const here: Dtype[] = [];
  for (const dtype of DTYPES) {
    try {
      await locateModel({ model, dtype }, { folder: models.records, models });
      here.push(dtype);
    } catch (error) {
      if (!(error instanceof HarnessError)) throw error;
    }
  }
  return here;
}

/** What was fetched at some time: `models--owner--name`, as the hub's cache calls repositories. */
async function recordedModels(records: string): Promise<readonly string[]> {
  const names = await readdir(records).catch(() => []);
  return names
    .flatMap((name) => /^models--(.+?)--(.+)$/.exec(name)?.slice(1).join("/") ?? [])
    .toSorted((a, b) => (a < b ? -1 : 1));
}
