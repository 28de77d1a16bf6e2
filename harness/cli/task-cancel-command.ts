import { dirname, resolve } from "node:path";
import type { CommandModule } from "yargs";
import { manifestFlag } from "./flags.ts";

type Flags = { readonly manifest: string };

export const taskCancelCommand: CommandModule<object, Flags> = {
  command: "cancel",
  describe: "End the tasks of a manifest that wait or run, and whoever drives them; what they made is kept",
  builder: (cli) => manifestFlag(cli),
  async handler({ manifest: file }) {
    const { readManifest } = await import("../tasks/task-manifest.ts");
    const { cancelTasks } = await import("../tasks/cancel-tasks.ts");
    const { queueOf } = await import("./slurm-surroundings.ts");
    const manifest = await readManifest(resolve(file));
    console.error(await cancelTasks(queueOf(manifest, { hidden: [] }), dirname(resolve(file))));
  },
};
