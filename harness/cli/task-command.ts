import type { CommandModule } from "yargs";
import { taskPlanCommand } from "./task-plan-command.ts";
import { taskRunCommand } from "./task-run-command.ts";

export const taskCommand: CommandModule = {
  command: "task <command>",
  describe: "A run in tasks, for several processes or machines: plan, run",
  builder: (cli) =>
    cli.command(taskPlanCommand).command(taskRunCommand).demandCommand(1, "expected a command: plan or run."),
  handler: () => undefined,
};
