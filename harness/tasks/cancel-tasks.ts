import { HarnessError } from "../errors.ts";
import { taskLayout } from "../storage/layout.ts";
import type { SlurmQueue } from "./slurm-queue.ts";
import { endAttempts, markCancelled } from "./task-records.ts";

/**
 * Ends the jobs of a manifest, and tells whoever drives its tasks, here or elsewhere, to stop.
 *
 * @param folder of the manifest
 * @returns what was done, for a person
 * @throws {HarnessError} `SCHEDULER_REFUSED` when Slurm does not say that it was done; a driver stops all the same
 */
export async function cancelTasks(queue: Pick<SlurmQueue, "job" | "cancel">, folder: string): Promise<string> {
  const layout = taskLayout(folder);
  await markCancelled(layout);
  await endAttempts(layout);
  const asked = await queue.cancel().catch((error: unknown) => {
    if (error instanceof HarnessError && error.code === "SCHEDULER_UNAVAILABLE") return undefined;
    throw error;
  });
  if (asked === undefined) return "no task is started any more; there is no Slurm here.";
  if (asked.status === "answered") return `the jobs ${queue.job} are cancelled; what they made is kept.`;
  throw new HarnessError("SCHEDULER_REFUSED", `scancel of ${queue.job}: ${asked.why}.`, {
    hint: "No task is started any more; cancel again to end those that run.",
  });
}
