import type { CommandModule } from "yargs";
import { workspaceFlags } from "./flags.ts";
import type { WorkspaceFlags } from "./surroundings.ts";

type Flags = WorkspaceFlags & {
  readonly path: string;
  readonly dataset: string;
  readonly to: string;
  readonly rowsOf: string | undefined;
};

export const scenariosImportCommand: CommandModule<object, Flags> = {
  command: "import <path>",
  describe: "Make a scenario set of a file: SPIKE's rows or training data, or texts; JSONL or parquet",
  builder: (cli) =>
    workspaceFlags(cli.positional("path", { type: "string", demandOption: true }))
      .option("dataset", {
        type: "string",
        demandOption: true,
        requiresArg: true,
        describe: "whose documents they are of",
      })
      .option("to", { type: "string", demandOption: true, requiresArg: true, describe: "FILE.jsonl or FILE.parquet" })
      .option("rows-of", {
        type: "string",
        requiresArg: true,
        describe: "take rows whose column `dataset` says so",
      }) as never,
  async handler({ path, dataset, to, rowsOf, ...flags }) {
    const { openWorkspace } = await import("./surroundings.ts");
    const { importScenarios } = await import("../pipeline/generation/import-scenarios.ts");
    const { manifest, foreign } = await importScenarios({ path, dataset, to, rowsOf }, openWorkspace(flags));
    const { documents, withScenarios, noise, failed, scenarios } = manifest.counts;
    console.log(
      `${to}: ${scenarios} scenarios for ${withScenarios} of ${documents} documents; ${noise} noise, ${failed} failed; ` +
        `${foreign} rows of other documents left out.`,
    );
  },
};
