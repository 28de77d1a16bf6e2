import type { CommandModule } from "yargs";
import { type FormatFlag, formatFlag } from "./flags.ts";

type Flags = FormatFlag & {
  readonly maxSize?: string;
  readonly olderThan?: string;
  readonly encoder?: string;
  readonly dryRun: boolean;
};

export const cachePruneCommand: CommandModule<object, Flags> = {
  command: "prune",
  describe: "Remove vectors, least recently used first, and files that were never finished",
  builder: (cli) =>
    formatFlag(cli)
      .option("max-size", { type: "string", requiresArg: true, describe: "what may stay, e.g. 20GB" })
      .option("older-than", { type: "string", requiresArg: true, describe: "only what was not used for, e.g. 30d" })
      .option("encoder", { type: "string", requiresArg: true, describe: "only the encoder whose id begins so" })
      .option("dry-run", { type: "boolean", default: false, describe: "remove nothing, say what would be" }) as never,
  async handler({ format, maxSize, olderThan, encoder, dryRun }) {
    const { parseAge, parseSize } = await import("./quantities.ts");
    const { cacheFolder } = await import("./surroundings.ts");
    const { pruneCache } = await import("../pipeline/cache/prune-cache.ts");
    const { renderPruned } = await import("../report/cache-tables.ts");
    const { systemTime } = await import("../runtime/clock.ts");
    const { formatBytes } = await import("../runtime/progress.ts");
    const report = await pruneCache({
      cache: cacheFolder(),
      maxBytes: maxSize === undefined ? undefined : parseSize("--max-size", maxSize),
      olderThan: olderThan === undefined ? undefined : parseAge("--older-than", olderThan),
      encoder,
      dryRun,
      now: systemTime(),
    });
    console.log(format === "json" ? JSON.stringify(report, undefined, 2) : renderPruned(report, formatBytes));
  },
};
