import type { CommandModule } from "yargs";
import { type FormatFlag, formatFlag } from "./flags.ts";

type Flags = FormatFlag & {
  readonly a: string;
  readonly b: string;
  readonly qrels: string | undefined;
  readonly measures: string | readonly string[] | undefined;
  readonly allowMixed: boolean;
  readonly seed: string;
  readonly recall: "standard" | "capped";
  readonly scorePrecision: "float32" | "float64";
  readonly ids: "as-is" | "percent-decode";
};

export const compareCommand: CommandModule<object, Flags> = {
  command: "compare <a> <b>",
  describe: "Compare two runs, two results, or two cells of results (result.json#CELL)",
  builder: (cli) =>
    formatFlag(cli)
      .positional("a", { type: "string", demandOption: true, describe: "TREC run, result.json, trec_eval -q or mteb" })
      .positional("b", { type: "string", demandOption: true, describe: "the system that A is compared with" })
      .option("qrels", { type: "string", requiresArg: true, describe: "judgements that runs are evaluated with" })
      .option("measures", { type: "string", requiresArg: true, describe: 'e.g. "nDCG@10 R@100 AP"' })
      .option("allow-mixed", { type: "boolean", default: false, describe: "compare under different policies" })
      .option("seed", { type: "string", default: "1", requiresArg: true, describe: "of the random numbers" })
      .option("recall", { choices: ["standard", "capped"] as const, default: "standard" as const })
      .option("score-precision", { choices: ["float32", "float64"] as const, default: "float64" as const })
      .option("ids", {
        choices: ["as-is", "percent-decode"] as const,
        default: "as-is" as const,
        describe: "percent-decode undoes `ids: percent-encode` of a run file",
      }) as never,
  async handler({ format, seed, ...options }) {
    const { wholeFlag } = await import("./surroundings.ts");
    const { compareFiles } = await import("../pipeline/compare/compare-files.ts");
    const compared = await compareFiles({ ...options, seed: wholeFlag("--seed", seed) });
    const { renderSystemsComparison, systemsComparisonJson } = await import("../report/systems-comparison.ts");
    process.stdout.write(format === "json" ? systemsComparisonJson(compared) : await renderSystemsComparison(compared));
  },
};
