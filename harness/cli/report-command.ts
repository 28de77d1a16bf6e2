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
      .option("format", {
        type: "string",
        requiresArg: true,
        describe: "pages (html,md,tex,txt,csv; all unless told), or mteb, ir-metadata for other tools",
      })
      .option("out", { type: "string", default: ".", requiresArg: true, describe: "folder that holds reports/" })
      .option("allow-mixed", {
        type: "boolean",
        default: false,
        describe: "merge results that judge a dataset differently, and average over policies",
      }) as never,
  async handler({ results, format, out, allowMixed }) {
    const { resolve } = await import("node:path");
    const { cardFolders } = await import("./surroundings.ts");
    const { exportResult } = await import("../pipeline/reports/export-result.ts");
    const { parseFormats, rebuildReport } = await import("../pipeline/reports/rebuild-report.ts");
    const { pages, exports } = parseFormats(format);
    const options = { out: resolve(out), cardFolders: cardFolders() };
    if (pages.length > 0) console.log(await rebuildReport(results, { out: options.out, formats: pages, allowMixed }));
    for (const result of results) {
      for (const name of exports) {
        const { folder, files } = await exportResult(result, name, options);
        console.log(`${folder}: ${files} files for ${name}`);
      }
    }
  },
};
