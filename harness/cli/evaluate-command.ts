import type { CommandModule } from "yargs";

type Flags = {
  readonly qrels: string;
  readonly run: string;
  readonly measures: string | readonly string[] | undefined;
  readonly perQuery: boolean;
  readonly format: "table" | "json" | "csv";
  readonly recall: "standard" | "capped";
  readonly scorePrecision: "float32" | "float64";
  readonly ids: "as-is" | "percent-decode";
};

export const evaluateCommand: CommandModule<object, Flags> = {
  command: "evaluate",
  describe: "Evaluate a TREC run file against qrels",
  builder: (cli) =>
    cli
      .option("qrels", {
        type: "string",
        demandOption: true,
        requiresArg: true,
        describe: "TREC, BEIR (TSV) or JSON Lines qrels",
      })
      .option("run", { type: "string", demandOption: true, requiresArg: true, describe: "TREC run, plain or gzip" })
      .option("measures", {
        type: "string",
        requiresArg: true,
        describe: 'e.g. "nDCG@10 R@100 AP"; trec_eval names work too',
      })
      .option("per-query", { type: "boolean", default: false, describe: "values of every query as well" })
      .option("format", { choices: ["table", "json", "csv"] as const, default: "table" as const, requiresArg: true })
      .option("recall", {
        choices: ["standard", "capped"] as const,
        default: "standard" as const,
        describe: "capped: R's denominator is at most k",
      })
      .option("score-precision", {
        choices: ["float32", "float64"] as const,
        default: "float64" as const,
        describe: "float32 compares scores as trec_eval up to 9.0.8",
      })
      .option("ids", {
        choices: ["as-is", "percent-decode"] as const,
        default: "as-is" as const,
        describe: "percent-decode undoes `ids: percent-encode` of a run file",
      }) as never,
  async handler({ format, ...files }) {
    const { evaluateFiles } = await import("../pipeline/compare/evaluate-files.ts");
    const { formatEvaluation } = await import("../report/evaluation.ts");
    process.stdout.write(await formatEvaluation(await evaluateFiles(files), format));
  },
};
