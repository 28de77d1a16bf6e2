import type { CommandModule } from "yargs";

type Flags = { readonly path: string; readonly doc: string | undefined };

export const scenariosShowCommand: CommandModule<object, Flags> = {
  command: "show <path>",
  describe: "Print the manifest of a scenario set, or the scenarios of one document",
  builder: (cli) =>
    cli
      .positional("path", { type: "string", demandOption: true, describe: "its rows, .jsonl or .parquet" })
      .option("doc", { type: "string", requiresArg: true, describe: "id of a document" }) as never,
  async handler({ path, doc }) {
    const { showScenarios } = await import("../pipeline/generation/inspect-scenarios.ts");
    console.log(JSON.stringify(await showScenarios(path, doc), undefined, 2));
  },
};
