import type { CommandModule } from "yargs";
import { taskCancelCommand } from "./task-cancel-command.ts";
import { taskPlanCommand } from "./task-plan-command.ts";
import { taskRunCommand } from "./task-run-command.ts";
import { taskStatusCommand } from "./task-status-command.ts";

export const taskCommand: CommandModule = {
  command: "task <command>",
  describe: "A run in tasks, for several processes or machines: plan, run, status, cancel",
  builder: (cli) =>
    cli
      .command(taskPlanCommand)
      .command(taskRunCommand)
      .command(taskStatusCommand)
      .command(taskCancelCommand)
      .demandCommand(1, "expected a command: plan, run, status or cancel."),
  handler: () => undefined,
};
