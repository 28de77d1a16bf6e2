import type { CommandModule } from "yargs";
import { type FormatFlag, formatFlag } from "./flags.ts";

type Flags = FormatFlag & {
  readonly result: string;
  readonly query: string;
  readonly dataset: string | undefined;
  readonly retriever: string | undefined;
  readonly queries: string | undefined;
  readonly scenarios: string | undefined;
  readonly fusion: string | undefined;
  readonly alpha: string | undefined;
  readonly hits: string;
};

export const showCommand: CommandModule<object, Flags> = {
  command: "show <result> <query>",
  describe: "Show a query's rankings with and without scenarios, and which scenario fired",
  builder: (cli) =>
    formatFlag(cli)
      .positional("result", { type: "string", demandOption: true, describe: "result.json of a run" })
      .positional("query", { type: "string", demandOption: true, describe: "id of a judged query" })
      .option("dataset", { type: "string", requiresArg: true, describe: "one dataset; all that have the query" })
      .option("retriever", { type: "string", requiresArg: true, describe: "one retriever; all unless told" })
      .option("queries", { type: "string", requiresArg: true, describe: "one query set" })
      .option("scenarios", { type: "string", requiresArg: true, describe: "one scenario set" })
      .option("fusion", { type: "string", requiresArg: true, describe: "one fusion" })
      .option("alpha", {
        type: "string",
        requiresArg: true,
        describe: "a point of the sweep; the declared one, or what most folds have chosen",
      })
      .option("hits", { type: "string", default: "10", requiresArg: true, describe: "of each ranking" }) as never,
  async handler({ result, query, alpha, hits, format, ...axes }) {
    const { alphaFlag, positiveFlag } = await import("./surroundings.ts");
    const { viewQuery } = await import("../pipeline/reports/query-view.ts");
    const { renderQueryView } = await import("../report/query-view.ts");
    const view = await viewQuery(result, query, {
      ...axes,
      alpha: alpha === undefined ? undefined : alphaFlag("--alpha", alpha),
      hits: positiveFlag("--hits", hits),
    });
    process.stdout.write(format === "json" ? `${JSON.stringify(view, undefined, 2)}\n` : await renderQueryView(view));
  },
};
