import type { CommandModule } from "yargs";
import { HarnessError } from "../errors.ts";
import { type FormatFlag, formatFlag, workspaceFlags } from "./flags.ts";
import type { WorkspaceFlags } from "./surroundings.ts";

type Flags = WorkspaceFlags &
  FormatFlag & { readonly pack: string; readonly from: string | undefined; readonly run: boolean };

export const reproduceCommand: CommandModule<object, Flags> = {
  command: "reproduce <pack>",
  describe: "Put a result beside published figures: exit 5 if one is off",
  builder: (cli) =>
    formatFlag(workspaceFlags(cli))
      .positional("pack", { type: "string", demandOption: true, describe: "name in reports/published, or a file" })
      .option("from", { type: "string", requiresArg: true, describe: "result.json of a finished run" })
      .option("run", { type: "boolean", default: false, describe: "run the pack's own run file" }) as never,
  async handler({ pack: name, from, run, format, ...flags }) {
    if ((from === undefined) !== run) {
      throw new HarnessError("USAGE", "expected either `--from RESULT` or `--run`.", {
        hint: "See `spikebench reproduce --help`.",
      });
    }
    const { openWorkspace, packFolders } = await import("./surroundings.ts");
    const { readPack } = await import("../pipeline/compare/published-pack.ts");
    const { reproduce, runPack, throwUnlessReproduced } = await import("../pipeline/compare/reproduce.ts");
    const { renderReproduction } = await import("../report/reproduction.ts");
    const pack = await readPack(name, packFolders());
    const reproduction = await reproduce(pack, from ?? (await runPack(pack, openWorkspace(flags))));
    process.stdout.write(
      format === "json" ? `${JSON.stringify(reproduction, undefined, 2)}\n` : await renderReproduction(reproduction),
    );
    throwUnlessReproduced(reproduction);
  },
};
