import type { CommandModule } from "yargs";
import { HarnessError } from "../errors.ts";
import { computeFlags, type FormatFlag, formatFlag } from "./flags.ts";

type Flags = FormatFlag & {
  readonly file: string | undefined;
  readonly out: string;
  readonly threads: string | undefined;
  readonly maxRam: string | undefined;
};

export const doctorCommand: CommandModule<object, Flags> = {
  command: "doctor [file]",
  describe: "Look at node, memory, disk, cache, engines, the hub, and the servers of a run file; changes nothing",
  builder: (cli) =>
    computeFlags(formatFlag(cli))
      .positional("file", { type: "string", describe: "run file whose servers are asked too" })
      .option("out", { type: "string", default: ".", requiresArg: true, describe: "where results would go" }) as never,
  async handler({ file, format, ...flags }) {
    const { openWorkspace } = await import("./surroundings.ts");
    const { checkHealth } = await import("../pipeline/project/check-health.ts");
    const { renderHealth } = await import("../report/health.ts");
    const machine = { node: process.versions.node, availableBytes: process.availableMemory() };
    const checks = await checkHealth(openWorkspace({ ...flags, data: [], strict: false }), { machine, file });
    process.stdout.write(format === "json" ? `${JSON.stringify(checks, undefined, 2)}\n` : renderHealth(checks));
    const failed = checks.filter(({ state }) => state === "fail").length;
    if (failed > 0) {
      throw new HarnessError("NOT_READY", `${failed} of ${checks.length} checks failed.`, {
        hint: "Each line that begins with `fail` says what to do.",
      });
    }
  },
};
