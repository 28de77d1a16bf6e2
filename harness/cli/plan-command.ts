import type { CommandModule } from "yargs";
import { runFile, workspaceFlags } from "./flags.ts";
import type { WorkspaceFlags } from "./surroundings.ts";

type Flags = WorkspaceFlags & { readonly file: string; readonly format: "table" | "json" };

export const planCommand: CommandModule<object, Flags> = {
  command: "plan <file>",
  describe: "Show what a run would do: which cells are finished, what has to be encoded",
  builder: (cli) =>
    workspaceFlags(runFile(cli)).option("format", {
      choices: ["table", "json"] as const,
      default: "table" as const,
      requiresArg: true,
    }),
  async handler({ file, format, ...flags }) {
    const { openWorkspace } = await import("./surroundings.ts");
    const { inspectPlan } = await import("../pipeline/inspect-plan.ts");
    const forecast = await inspectPlan(file, openWorkspace(flags));
    if (format === "json") {
      console.log(JSON.stringify(forecast, undefined, 2));
      return;
    }
    const { renderForecast } = await import("../report/forecast.ts");
    console.log(await renderForecast(forecast));
  },
};
