import type { CommandModule } from "yargs";
import { HarnessError } from "../errors.ts";
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
    const { inspectPlan } = await import("../pipeline/forecast/inspect-plan.ts");
    const workspace = openWorkspace(flags);
    try {
      const forecast = await inspectPlan(file, workspace);
      const { renderForecast } = await import("../report/forecast.ts");
      console.log(format === "json" ? JSON.stringify(forecast, undefined, 2) : await renderForecast(forecast));
    } catch (error) {
      if (!(error instanceof HarnessError) || error.code !== "NOT_FETCHED") throw error;
      const { outlinePlan } = await import("../pipeline/forecast/outline-plan.ts");
      const { renderOutline } = await import("../report/plan-outline.ts");
      const outline = await outlinePlan(file, workspace, error);
      console.log(format === "json" ? JSON.stringify(outline, undefined, 2) : await renderOutline(outline));
      throw error;
    }
  },
};
