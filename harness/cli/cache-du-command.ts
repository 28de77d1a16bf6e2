import type { CommandModule } from "yargs";
import { type FormatFlag, formatFlag } from "./flags.ts";

export const cacheDuCommand: CommandModule<object, FormatFlag> = {
  command: "du",
  describe: "Show what the cache takes on disk, by encoder and in all",
  builder: formatFlag,
  async handler({ format }) {
    const { cacheFolder } = await import("./surroundings.ts");
    const { cacheUsage } = await import("../pipeline/cache/cache-usage.ts");
    const usage = await cacheUsage(cacheFolder());
    if (format === "json") {
      console.log(JSON.stringify(usage, undefined, 2));
      return;
    }
    const { renderUsage } = await import("../report/cache-tables.ts");
    const { formatBytes } = await import("../runtime/progress.ts");
    console.log(await renderUsage(usage, formatBytes));
  },
};
