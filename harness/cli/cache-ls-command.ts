import type { CommandModule } from "yargs";
import { type FormatFlag, formatFlag } from "./flags.ts";

export const cacheLsCommand: CommandModule<object, FormatFlag> = {
  command: "ls",
  describe: "List the encoders that have cached vectors",
  builder: formatFlag,
  async handler({ format }) {
    const { cacheFolder } = await import("./surroundings.ts");
    const { listCachedEncoders } = await import("../pipeline/cache/cache-usage.ts");
    const encoders = await listCachedEncoders(cacheFolder());
    if (format === "json") {
      console.log(JSON.stringify(encoders, undefined, 2));
      return;
    }
    const { renderEncoders } = await import("../report/cache-tables.ts");
    const { formatBytes } = await import("../runtime/progress.ts");
    console.log(await renderEncoders(encoders, formatBytes));
  },
};
