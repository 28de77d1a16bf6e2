import type { CommandModule } from "yargs";

type Flags = {
  readonly results: readonly string[];
  readonly format: string | undefined;
  readonly out: string;
  readonly allowMixed: boolean;
};

export const reportCommand: CommandModule<object, Flags> = {
  command: "report <results..>",
  describe: "Write the pages of results again, several merged into one report; computes nothing",
  builder: (cli) =>
    cli
      .positional("results", { type: "string", array: true, demandOption: true, describe: "result.json of runs" })
      .option("format", { type: "string", requiresArg: true, describe: "pages to write, as md,tex; all unless told" })
      .option("out", { type: "string", default: ".", requiresArg: true, describe: "folder that holds reports/" })
      .option("allow-mixed", {
        type: "boolean",
        default: false,
        describe: "merge results that judge a dataset differently, and average over policies",
      }) as never,
  async handler({ results, format, out, allowMixed }) {
    const { resolve } = await import("node:path");
    const { parsePageFormats, rebuildReport } = await import("../pipeline/rebuild-report.ts");
    const { PAGE_FORMATS } = await import("../pipeline/report-pages.ts");
    const formats = format === undefined ? PAGE_FORMATS : parsePageFormats(format);
    console.log(await rebuildReport(results, { out: resolve(out), formats, allowMixed }));
  },
};
