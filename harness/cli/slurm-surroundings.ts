import { HarnessError } from "../errors.ts";
import { slurmCommands } from "../tasks/slurm-commands.ts";
import { describeQueue, type SlurmQueue, slurmQueue } from "../tasks/slurm-queue.ts";
import { jobName, type TaskManifest } from "../tasks/task-manifest.ts";

const TIMEOUT_MS = 20_000;
/** Tasks download nothing. */
const HUB_TOKENS: readonly string[] = ["HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"];

/**
 * The jobs of a manifest in Slurm's queue. sbatch hands its environment on to the job, where anybody who may see the job may
 * see it, so it gets none of the hidden variables.
 */
export function queueOf(manifest: TaskManifest, { hidden }: { readonly hidden: readonly string[] }): SlurmQueue {
  const withheld = new Set([...HUB_TOKENS, ...hidden]);
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !withheld.has(name)));
  const commands = slurmCommands({ env, timeoutMs: TIMEOUT_MS });
  return slurmQueue(commands, { job: jobName(manifest), owner: process.getuid?.() ?? 0 });
}

/** What Slurm's queue holds of a manifest, in words. */
export async function queueLine(manifest: TaskManifest): Promise<string> {
  try {
    const view = await queueOf(manifest, { hidden: [] }).look();
    return view === undefined ? "does not answer" : describeQueue(view);
  } catch (error) {
    if (error instanceof HarnessError && error.code === "SCHEDULER_UNAVAILABLE") return "not here";
    throw error;
  }
}
