import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { modelPresets } from "../../harness/encode/model-presets.ts";
import { inspectPlan } from "../../harness/pipeline/forecast/inspect-plan.ts";
import { fetchModels } from "../../harness/pipeline/models/fetch-models.ts";
import { listModels } from "../../harness/pipeline/models/list-models.ts";
import type { Workspace } from "../../harness/pipeline/workspace.ts";
import { tinyTransformerFiles, writeFiles } from "../encode/tiny-transformer.ts";
import { hubStandIn } from "../remote/hub-stand-in.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { EXPERIMENT, openLab, runLab } from "./workspace.ts";

const hub = hubStandIn();
const folder = temporaryFolder();
const COMMIT = "e".repeat(40);

/** The tiny model as a repository of the hub; with `hidden_size` it passes for another one. */
async function serve(name: string, hidden_size = 2): Promise<void> {
  const files = Object.entries(tinyTransformerFiles({ config: { hidden_size } })).map(([path, content]) => [
    path,
    { content, lfs: path.endsWith(".onnx") },
  ]);
  await hub.serve({ [`models/${name}`]: { commit: COMMIT, files: Object.fromEntries(files) } });
}

async function labWith(name: string, encoder: string) {
  const experiment = EXPERIMENT.replace("{kind: hashed, dimensions: 16}", encoder);
  const workspace: Partial<Workspace> = { hub: hub.settings(folder.path(`${name}-hub`)) };
  await mkdir(folder.path(name));
  return await openLab(folder.path(name), { experiment, workspace });
}

async function fetchAll(models: readonly string[], workspace: Workspace, revision?: string) {
  const reports = [];
  for await (const report of fetchModels({ models, revision, dtype: "fp32" }, workspace)) reports.push(report);
  return reports;
}

describe("a run with a local model", () => {
  const encoder = "{kind: transformers, model: models/tiny, pooling: mean}";

  it("is planned without loading it, encodes once, and asks nothing the second time", async () => {
    const lab = await labWith("local", encoder);
    await writeFiles(join(lab.folder, "models", "tiny"), tinyTransformerFiles());
    const forecast = await inspectPlan(lab.file, lab.workspace);
    expect(forecast.total?.toEncode).toBe(6 + 6 + 3);
    expect((await runLab(lab)).work).toMatchObject({ encoded: 6 + 6 + 3, scored: 12 });
    expect((await runLab(lab)).work).toMatchObject({ encoded: 0, scored: 0, cached: 12 });
  });

  it("stops before anything is written when the model was not fetched, and names the command", async () => {
    const lab = await labWith("absent", "{kind: transformers, model: owner/tiny, pooling: mean}");
    const hint = expect.stringContaining("spikebench models fetch owner/tiny");
    await expect(runLab(lab)).rejects.toMatchObject({ code: "NOT_FETCHED", hint });
    await serve("owner/tiny");
    expect(await fetchAll(["owner/tiny"], lab.workspace)).toMatchObject([{ commit: COMMIT, files: 4 }]);
    expect((await runLab(lab)).work).toMatchObject({ encoded: 6 + 6 + 3 });
  });
});

describe("fetchModels", () => {
  it("takes names of presets for the repository that has ONNX files", async () => {
    const { workspace } = await labWith("preset", "{kind: hashed}");
    await serve("Qdrant/Qwen3-Embedding-0.6B-onnx", 1024);
    const byName = await fetchAll(["Qwen3-Embedding-0.6B", "Qwen/Qwen3-Embedding-0.6B"], workspace);
    expect(byName.map(({ repository }) => repository)).toEqual(Array(2).fill("Qdrant/Qwen3-Embedding-0.6B-onnx"));
    expect(byName[1]?.downloaded).toBe(0);
  });

  it.each([["all-MiniLM"], ["./models/tiny"], ["a/b/c"]])("refuses %s before it asks anybody", async (name) => {
    const { workspace } = await labWith(`wrong-${name.length}`, "{kind: hashed}");
    await hub.log();
    await expect(fetchAll([name], workspace)).rejects.toMatchObject({ code: "USAGE" });
    expect(await hub.log()).toEqual([]);
  });

  it("refuses one revision for several models", async () => {
    const { workspace } = await labWith("several", "{kind: hashed}");
    await expect(fetchAll(["a/b", "c/d"], workspace, "main")).rejects.toMatchObject({ code: "USAGE" });
  });
});

describe("listModels", () => {
  it("lists every preset, and other models that were fetched, with what is here", async () => {
    const { workspace } = await labWith("list", "{kind: hashed}");
    const empty = await listModels(workspace);
    expect(empty.map(({ preset }) => preset?.name)).toEqual(modelPresets().map(({ name }) => name));
    expect(empty.flatMap(({ fetched }) => fetched)).toEqual([]);
    await serve("owner/tiny");
    await fetchAll(["owner/tiny"], workspace);
    await serve("BAAI/bge-small-en-v1.5", 384);
    await fetchAll(["bge-small-en-v1.5"], workspace);
    const listed = await listModels(workspace);
    expect(listed).toHaveLength(empty.length + 1);
    expect(listed.at(-1)).toMatchObject({ model: "owner/tiny", preset: undefined, fetched: ["fp32"] });
    expect(listed.find(({ model }) => model === "BAAI/bge-small-en-v1.5")).toMatchObject({ fetched: ["fp32"] });
    expect(listed.find(({ preset }) => preset?.name === "SFR-Embedding-Mistral")?.unverified).toHaveLength(1);
  });
});
