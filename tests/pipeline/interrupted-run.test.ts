import { mkdir } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { HarnessError } from "../../harness/errors.ts";
import { inspectPlan } from "../../harness/pipeline/forecast/inspect-plan.ts";
import type { Workspace } from "../../harness/pipeline/workspace.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { openLab, runLab } from "./workspace.ts";

const temporary = temporaryFolder();

/** A workspace that is told to stop as soon as work with that label begins. */
function stoppedAt(workspace: Workspace, label: RegExp): Workspace {
  const controller = new AbortController();
  return {
    ...workspace,
    signal: controller.signal,
    progress: {
      start(name, ...rest) {
        if (label.test(name)) controller.abort(new HarnessError("INTERRUPTED", "stopped."));
        return workspace.progress.start(name, ...rest);
      },
    },
  };
}

describe("an interrupted run", () => {
  it("keeps every group of cells that was scored before, evaluated and all", async () => {
    await mkdir(temporary.path("lab"));
    const lab = await openLab(temporary.path("lab"), {
      experiment:
        "version: 1\nname: small\nmatrix: {retriever: [bm25, dense], dataset: [library]}\nmeasures: [nDCG@10]\n",
    });
    const stopped = { ...lab, workspace: stoppedAt(lab.workspace, /^dense on/) };
    await expect(runLab(stopped)).rejects.toMatchObject({ code: "INTERRUPTED", exitCode: 130 });
    const { cells } = await inspectPlan(lab.file, lab.workspace);
    expect(cells.map(({ system, forecast }) => [system, forecast])).toEqual([
      ["bm25", "hit"],
      ["dense", "partial"],
    ]);
    const { run } = await runLab(lab);
    expect(run.work).toMatchObject({ cached: 1, scored: 1, evaluated: 1, encoded: 0 });
  });
});
