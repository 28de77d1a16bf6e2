import type { CommandModule } from "yargs";
import { HarnessError } from "../errors.ts";
import { type FormatFlag, formatFlag } from "./flags.ts";

type Flags = FormatFlag & { readonly remove: boolean };

export const cacheVerifyCommand: CommandModule<object, Flags> = {
  command: "verify",
  describe: "Read every byte of the cached vectors and name the files that are broken",
  builder: (cli) =>
    formatFlag(cli).option("remove", { type: "boolean", default: false, describe: "remove what is broken" }),
  async handler({ format, remove }) {
    const { cacheFolder, openTerminal } = await import("./surroundings.ts");
    const { verifyCache } = await import("../pipeline/cache/verify-cache.ts");
    const { renderCacheCheck } = await import("../report/cache-tables.ts");
    const { formatBytes } = await import("../runtime/progress.ts");
    const check = await verifyCache({ cache: cacheFolder(), remove, ...openTerminal() });
    console.log(format === "json" ? JSON.stringify(check, undefined, 2) : renderCacheCheck(check, formatBytes));
    const left = check.broken.filter(({ removed }) => !removed).length;
    if (left === 0) return;
    throw new HarnessError(
      "DATA_INVALID",
      `${left} broken ${left === 1 ? "file is" : "files are"} left in the cache.`,
      {
        where: cacheFolder(),
        hint: "`spikebench cache verify --remove` removes them; their texts are encoded again when they are needed.",
      },
    );
  },
};
