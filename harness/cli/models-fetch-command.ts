import type { CommandModule } from "yargs";
import type { ModelReport } from "../pipeline/models/fetch-models.ts";

type Flags = {
  readonly ids: readonly string[];
  readonly revision: string | undefined;
  readonly dtype: ModelReport["dtype"];
  readonly format: "table" | "json";
};

export const modelsFetchCommand: CommandModule<object, Flags> = {
  command: "fetch <ids...>",
  describe: "Download models for the encoder `transformers`, and check every file against its digest",
  builder: (cli) =>
    cli
      .positional("ids", { type: "string", array: true, demandOption: true, describe: "preset or owner/name" })
      .option("revision", { type: "string", requiresArg: true, describe: "commit, branch or tag; main unless told" })
      .option("dtype", { choices: ["fp32", "fp16", "q8"] as const, default: "fp32" as const, requiresArg: true })
      .option("format", { choices: ["table", "json"] as const, default: "table" as const, requiresArg: true }) as never,
  async handler({ ids, revision, dtype, format }) {
    const { openWorkspace } = await import("./surroundings.ts");
    const { fetchModels } = await import("../pipeline/models/fetch-models.ts");
    const { formatBytes } = await import("../runtime/progress.ts");
    const workspace = openWorkspace({ out: ".", data: [], strict: false });
    const fetched: ModelReport[] = [];
    for await (const model of fetchModels({ models: ids, revision, dtype }, workspace)) {
      fetched.push(model);
      if (format === "table") console.log(describe(model, formatBytes));
    }
    if (format === "json") console.log(JSON.stringify(fetched, undefined, 2));
  },
};

function describe(model: ModelReport, amount: (bytes: number) => string): string {
  const { repository, revision, commit, dtype, files, bytes, downloaded } = model;
  const network = downloaded === 0 ? "nothing downloaded" : `${amount(downloaded)} downloaded`;
  const line = `${repository} (${dtype}): ${files} files, ${amount(bytes)}, digests as expected; ${network}.`;
  return revision === commit ? line : `${line}\n  Revision ${revision} resolved to ${commit}.`;
}
