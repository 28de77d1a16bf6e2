import { HarnessError } from "../../errors.ts";
import type { ExperimentPlan } from "../../plan/plan-types.ts";
import type { TaskLayout } from "../../storage/layout.ts";
import type { TaskManifest } from "../../tasks/task-manifest.ts";
import type { Materials } from "../materials.ts";
import type { OpenRetrievers } from "../open-retrievers.ts";
import type { Workspace } from "../workspace.ts";

/** What a task works with: the plan and the data of its dataset. */
export type TaskSession = {
  readonly plan: ExperimentPlan;
  readonly materials: Materials;
  readonly manifest: TaskManifest;
  readonly files: TaskLayout;
  readonly workspace: Workspace;
  readonly opened: OpenRetrievers;
};

/** @param what is not as the manifest says */
export function changed(what: string): HarnessError {
  return new HarnessError("DATA_INVALID", `${what} is not what it was when the manifest was written.`, {
    hint: "The run file or its data changed; start the run again.",
  });
}
