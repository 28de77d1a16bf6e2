import type { CommandModule } from "yargs";

type Flags = { readonly encoder: string; readonly folder: string };

export const cacheExportCommand: CommandModule<object, Flags> = {
  command: "export <encoder> <folder>",
  describe: "Copy the vectors of an encoder into a folder, for `cache import` on another machine",
  builder: (cli) =>
    cli
      .positional("encoder", { type: "string", demandOption: true, describe: "the beginning of its id" })
      .positional("folder", { type: "string", demandOption: true, describe: "folder to write into" }),
  async handler({ encoder, folder }) {
    const { resolve } = await import("node:path");
    const { cacheFolder, openTerminal } = await import("./surroundings.ts");
    const { exportVectors } = await import("../pipeline/cache/move-vectors.ts");
    const { printMoved } = await import("./moved-vectors.ts");
    printMoved(await exportVectors({ cache: cacheFolder(), encoder, to: resolve(folder), ...openTerminal() }));
  },
};
