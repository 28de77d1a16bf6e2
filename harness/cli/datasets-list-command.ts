import type { CommandModule } from "yargs";

type Flags = { readonly format: "table" | "json" };

export const datasetsListCommand: CommandModule<object, Flags> = {
  command: "list",
  describe: "List datasets and groups with their counts",
  builder: (cli) => cli.option("format", { choices: ["table", "json"] as const, default: "table" as const }),
  async handler({ format }) {
    const { cardFolders } = await import("./surroundings.ts");
    const { listDatasets } = await import("../pipeline/datasets/dataset-facts.ts");
    const facts = await listDatasets(cardFolders(), (text) => console.error(text));
    if (format === "json") {
      console.log(JSON.stringify(facts, undefined, 2));
      return;
    }
    const { renderDatasets } = await import("../report/dataset-tables.ts");
    console.log(await renderDatasets(facts));
  },
};
