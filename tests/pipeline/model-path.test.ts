import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { inspectPlan } from "../../harness/pipeline/forecast/inspect-plan.ts";
import { writeTinyModel } from "../encode/tiny-model.ts";
import { float32 } from "../storage/safetensors-file.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { EXPERIMENT, filesBelow, openLab, runLab } from "./workspace.ts";

const folder = temporaryFolder();
const WITH_MODEL = EXPERIMENT.replace("{kind: hashed, dimensions: 16}", "{kind: model2vec, model: models/tiny}");

describe("a model named by a path", () => {
  it("is looked for beside the run file, and encodes once", async () => {
    const lab = await openLab(folder.path("beside"), { experiment: WITH_MODEL });
    await writeTinyModel(join(lab.folder, "models", "tiny"));
    const forecast = await inspectPlan(lab.file, lab.workspace);
    expect(forecast.total?.toEncode).toBe(6 + 6 + 3);
    expect(forecast.encoders[0]?.forms.query).toEqual({ text: "text", template: "{text}", maxTokens: 512 });
    expect((await runLab(lab)).work).toMatchObject({ encoded: 6 + 6 + 3, scored: 12 });
    expect((await runLab(lab)).work).toMatchObject({ encoded: 0, scored: 0, cached: 12 });
  });

  it("makes cells anew when its files change", async () => {
    const lab = await openLab(folder.path("changed"), { experiment: WITH_MODEL });
    const model = await writeTinyModel(join(lab.folder, "models", "tiny"));
    await runLab(lab);
    await writeTinyModel(model, { tensors: { embeddings: float32([6, 2], Array(12).fill(1)) } });
    // those of bm25 stay: its own four
    expect((await runLab(lab)).work).toMatchObject({ encoded: 6 + 6 + 3, cached: 4 });
  });

  it("stops the run before anything is written when it is not there", async () => {
    const lab = await openLab(folder.path("missing"), { experiment: WITH_MODEL });
    const where = join(lab.folder, "models", "tiny", "config.json");
    await expect(runLab(lab)).rejects.toMatchObject({ code: "FILE_MISSING", where });
    expect(await filesBelow(lab.workspace.out)).toEqual(new Map());
  });

  it("is asked for when the run file does not name it", async () => {
    const experiment = WITH_MODEL.replace(", model: models/tiny", "");
    const lab = await openLab(folder.path("unnamed"), { experiment });
    await expect(runLab(lab)).rejects.toMatchObject({ code: "SPEC_INVALID" });
  });
});
