import type { CommandModule } from "yargs";
import type { FetchReport } from "../pipeline/datasets/fetch-datasets.ts";

type Flags = { readonly ids: readonly string[]; readonly format: "table" | "json" };

export const datasetsFetchCommand: CommandModule<object, Flags> = {
  command: "fetch <ids...>",
  describe: "Download datasets or groups of them, and check every file against its digest",
  builder: (cli) =>
    cli
      .positional("ids", { type: "string", array: true, demandOption: true, describe: "e.g. bright/biology" })
      .option("format", { choices: ["table", "json"] as const, default: "table" as const }) as never,
  async handler({ ids, format }) {
    const { openWorkspace } = await import("./surroundings.ts");
    const { fetchDatasets } = await import("../pipeline/datasets/fetch-datasets.ts");
    const { formatBytes } = await import("../runtime/progress.ts");
    const reports: FetchReport[] = [];
    for await (const report of fetchDatasets(ids, openWorkspace({ out: ".", data: [], strict: false }))) {
      reports.push(report);
      if (format === "table") console.log(describe(report, formatBytes));
    }
    if (format === "json") console.log(JSON.stringify(reports, undefined, 2));
  },
};

function describe(report: FetchReport, amount: (bytes: number) => string): string {
  const { id, remote, files, bytes, downloaded, notes } = report;
  if (!remote)
    return `${id}: nothing to fetch, as its card names no source; its folder lies beside the card, or is given with --data.`;
  const size = `${files} ${files === 1 ? "file" : "files"}, ${amount(bytes)}, digests as expected`;
  const network = downloaded === 0 ? "nothing downloaded" : `${amount(downloaded)} downloaded`;
  return [`${id}: ${size}; ${network}.`, ...notes.map((note) => `  ${note}`)].join("\n");
}
