import type { CommandModule } from "yargs";

type Flags = { readonly id: string };

export const datasetsShowCommand: CommandModule<object, Flags> = {
  command: "show <id>",
  describe: "Print everything that a dataset's card says",
  builder: (cli) => cli.positional("id", { type: "string", demandOption: true }),
  async handler({ id }) {
    const { cardFolders } = await import("./surroundings.ts");
    const { showDataset } = await import("../pipeline/datasets/dataset-facts.ts");
    console.log(JSON.stringify({ id, ...(await showDataset(id, cardFolders())) }, undefined, 2));
  },
};
