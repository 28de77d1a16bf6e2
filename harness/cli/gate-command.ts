import type { CommandModule } from "yargs";
import { HarnessError } from "../errors.ts";
import { type FormatFlag, formatFlag } from "./flags.ts";
import { gateBlessCommand } from "./gate-bless-command.ts";

type Flags = FormatFlag & {
  readonly result: string;
  readonly baseline: string | undefined;
  readonly rules: string | undefined;
  readonly junit: string | undefined;
  readonly summary: string | undefined;
  readonly allowInconclusive: boolean;
};

export const gateCommand: CommandModule<object, Flags> = {
  command: "gate <result>",
  describe: "Judge a result by a baseline: exit 3 if it regressed, 4 if that could not be decided",
  builder: (cli) =>
    formatFlag(cli)
      .command(gateBlessCommand)
      .positional("result", { type: "string", demandOption: true, describe: "result.json of a run" })
      .option("baseline", { type: "string", requiresArg: true, describe: "file that `gate bless` wrote" })
      .option("rules", { type: "string", requiresArg: true, describe: "YAML: margin, floor, tolerance, queryLoss" })
      .option("junit", { type: "string", requiresArg: true, describe: "write JUnit XML here" })
      .option("summary", { type: "string", requiresArg: true, describe: "write Markdown here" })
      .option("allow-inconclusive", {
        type: "boolean",
        default: false,
        describe: "exit 0 unless something regressed",
      }) as never,
  async handler({ baseline, format, junit, summary, ...options }) {
    if (baseline === undefined) {
      throw new HarnessError("USAGE", "expected `--baseline FILE`.", {
        hint: "`spikebench gate bless RESULT` writes one.",
      });
    }
    const { gateResult, throwUnlessPassed } = await import("../pipeline/compare/gate-result.ts");
    const { writeGateFiles } = await import("../pipeline/compare/gate-files.ts");
    const { gateAnnotations, renderGate } = await import("../report/gate.ts");
    const { stepFiles } = await import("./surroundings.ts");
    const report = await gateResult({ ...options, baseline });
    process.stdout.write(format === "json" ? `${JSON.stringify(report, undefined, 2)}\n` : await renderGate(report));
    const { isStep, ...files } = stepFiles();
    await writeGateFiles(report, { junit, summary, ...files });
    if (isStep) for (const line of gateAnnotations(report)) console.error(line);
    throwUnlessPassed(report);
  },
};
