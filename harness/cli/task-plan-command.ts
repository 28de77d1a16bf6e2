import type { CommandModule } from "yargs";
import {
  computeFlags,
  type DivisionFlags,
  divisionFlags,
  type FormatFlag,
  formatFlag,
  runFile,
  workspaceFlags,
} from "./flags.ts";
import type { WorkspaceFlags } from "./surroundings.ts";

type Flags = WorkspaceFlags & DivisionFlags & FormatFlag & { readonly file: string };

export const taskPlanCommand: CommandModule<object, Flags> = {
  command: "plan <file>",
  describe: "Divide a run into tasks and write their manifest; starts nothing",
  builder: (cli) => formatFlag(divisionFlags(computeFlags(workspaceFlags(runFile(cli))))),
  async handler({ file, format, ...flags }) {
    const { openWorkspace } = await import("./surroundings.ts");
    const { readDivision } = await import("./task-surroundings.ts");
    const { describeTasks } = await import("../pipeline/tasks/describe-tasks.ts");
    const division = readDivision(flags, { cellsPerTask: 1, processes: undefined });
    const described = await describeTasks(file, openWorkspace(flags), division);
    if (format === "json") console.log(JSON.stringify(described, undefined, 2));
    else {
      console.log(`manifest: ${described.manifest}`);
      for (const { name, first, last } of described.stages) {
        console.log(first === last ? `${name}: task ${first}` : `${name}: tasks ${first} to ${last}`);
      }
    }
  },
};
