import { resolve } from "node:path";
import type { CommandModule } from "yargs";
import { type FormatFlag, formatFlag, manifestFlag } from "./flags.ts";

type Flags = FormatFlag & { readonly manifest: string };

export const taskStatusCommand: CommandModule<object, Flags> = {
  command: "status",
  describe: "How far the tasks of a manifest are, and what Slurm's queue holds of them",
  builder: (cli) => formatFlag(manifestFlag(cli)),
  async handler({ manifest: file, format }) {
    const { readManifest } = await import("../tasks/task-manifest.ts");
    const { taskStatus } = await import("../pipeline/tasks/task-status.ts");
    const { queueLine } = await import("./slurm-surroundings.ts");
    const manifest = await readManifest(resolve(file));
    const status = await taskStatus(manifest, resolve(file));
    const queue = await queueLine(manifest);
    if (format === "json") {
      console.log(JSON.stringify({ ...status, queue }, undefined, 2));
      return;
    }
    for (const { name, tasks, done } of status.stages) console.log(`${name}: ${done} of ${tasks} tasks done`);
    for (const { task, attempts, error } of status.failed) console.log(`task ${task} failed (${attempts}x): ${error}`);
    console.log(`Slurm: ${queue}`);
  },
};
