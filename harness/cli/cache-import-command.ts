import type { CommandModule } from "yargs";

type Flags = { readonly folder: string };

export const cacheImportCommand: CommandModule<object, Flags> = {
  command: "import <folder>",
  describe: "Copy exported vectors into the cache, after verifying every byte of them",
  builder: (cli) =>
    cli.positional("folder", { type: "string", demandOption: true, describe: "what `cache export` wrote" }),
  async handler({ folder }) {
    const { resolve } = await import("node:path");
    const { cacheFolder, openTerminal } = await import("./surroundings.ts");
    const { importVectors } = await import("../pipeline/cache/move-vectors.ts");
    const { printMoved } = await import("./moved-vectors.ts");
    printMoved(await importVectors({ cache: cacheFolder(), from: resolve(folder), ...openTerminal() }));
  },
};
