import type { CommandModule } from "yargs";
import type { ListedModel } from "../pipeline/models/list-models.ts";

type Flags = { readonly format: "table" | "json" };

export const modelsListCommand: CommandModule<object, Flags> = {
  command: "list",
  describe: "List models with their presets, and which are here",
  builder: (cli) =>
    cli.option("format", { choices: ["table", "json"] as const, default: "table" as const, requiresArg: true }),
  async handler({ format }) {
    const { openWorkspace } = await import("./surroundings.ts");
    const { listModels } = await import("../pipeline/models/list-models.ts");
    const models = await listModels(openWorkspace({ out: ".", data: [], strict: false }));
    if (format === "json") {
      console.log(JSON.stringify(models, undefined, 2));
      return;
    }
    const { renderTable } = await import("../report/terminal-table.ts");
    const head = ["preset", "model", "dimension", "pooling", "unverified", "fetched"];
    console.log(await renderTable(head, models.map(row), { align: ["left", "left", "right"] }));
  },
};

function row({ model, preset, unverified, fetched }: ListedModel): readonly string[] {
  return [
    preset?.name ?? "-",
    model,
    `${preset?.dimension.value ?? "-"}`,
    preset?.pooling.value ?? "-",
    unverified.map((setting) => setting.replace(/ .*/, "").replaceAll("`", "")).join(", ") || "-",
    fetched.join(", ") || "-",
  ];
}
