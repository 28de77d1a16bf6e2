import type { CommandModule } from "yargs";
import { type BatchFileFlags, batchFileFlags, underWayLine, withBatchFiles } from "./batch-file-flags.ts";
import { runFile, workspaceFlags } from "./flags.ts";
import type { WorkspaceFlags } from "./surroundings.ts";

type Flags = WorkspaceFlags &
  BatchFileFlags & { readonly file: string; readonly retryFailed: boolean; readonly estimate: boolean };

export const expandCommand: CommandModule<object, Flags> = {
  command: "expand <file>",
  describe: "Ask models for what the query expansions of a run file lack; answers are kept, the same command goes on",
  builder: (cli) =>
    batchFileFlags(workspaceFlags(runFile(cli)))
      .option("retry-failed", { type: "boolean", default: false, describe: "ask again for failures that were kept" })
      .option("estimate", {
        type: "boolean",
        default: false,
        describe: "say what it would cost, and ask nothing",
      }) as never,
  async handler({ file, retryFailed, estimate, ...flags }) {
    const { openWorkspace } = await import("./surroundings.ts");
    const { estimateExpansions, expandQueries } = await import("../pipeline/generation/expand-queries.ts");
    const { renderExpansions } = await import("../report/generation.ts");
    const workspace = openWorkspace(flags);
    const nothing = "Every text is there, or recorded; nothing to ask.";
    if (estimate) {
      const forecasts = await estimateExpansions(file, workspace);
      console.log(forecasts.length === 0 ? nothing : await renderExpansions(forecasts));
      const unread = new Set(forecasts.flatMap(({ countedOn, dataset }) => (countedOn === "card" ? [dataset] : [])));
      if (unread.size > 0) {
        console.log(
          "Where prompt tokens are `-` the data is not here: queries are counted on the dataset's card, as if nothing had " +
            `been asked. To fetch it: spikebench datasets fetch ${[...unread].join(" ")}`,
        );
      }
      return;
    }
    const work = (await withBatchFiles(flags, workspace, (place) => expandQueries(file, { retryFailed }, place))) ?? [];
    if (work.length === 0) console.log(nothing);
    for (const { expansion, dataset, totals } of work) {
      const { kept, answered, failed, unanswered, underWay, promptTokens, completionTokens, usd } = totals;
      const money = usd === undefined ? "" : `; ${usd.toFixed(4)} USD in all`;
      console.log(
        `${expansion} for ${dataset}: ${kept} texts were done, ${answered} answered now, ${failed} failed now, ` +
          `${unanswered} without an answer; ${promptTokens} prompt and ${completionTokens} completion tokens${money}.`,
      );
      if (underWay > 0) console.log(underWayLine(underWay, "texts", flags));
    }
  },
};
