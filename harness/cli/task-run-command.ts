import { resolve } from "node:path";
import type { CommandModule } from "yargs";
import { manifestFlag } from "./flags.ts";

type Flags = { readonly manifest: string; readonly task?: string | undefined; readonly offset: string };

export const taskRunCommand: CommandModule<object, Flags> = {
  command: "run",
  describe: "Do one task of a manifest, unless its results are there",
  builder: (cli) =>
    manifestFlag(cli)
      .option("task", { type: "string", requiresArg: true, describe: "its number; SLURM_ARRAY_TASK_ID when left out" })
      .option("offset", { type: "string", default: "0", requiresArg: true, describe: "is added to the number" }),
  async handler({ manifest: file, task, offset }) {
    const { taskNumber, taskWorkspace } = await import("./task-surroundings.ts");
    const { readManifest } = await import("../tasks/task-manifest.ts");
    const { runTask } = await import("../pipeline/tasks/run-task.ts");
    // Slurm's word that the time is nearly over; node's own use of it is to open a debugger
    process.once("SIGUSR1", () => process.kill(process.pid, "SIGTERM"));
    const path = resolve(file);
    const manifest = await readManifest(path);
    const workspace = await taskWorkspace(manifest.workspace, path);
    workspace.say(await runTask({ manifest, path, number: taskNumber(task, offset) }, workspace));
  },
};
