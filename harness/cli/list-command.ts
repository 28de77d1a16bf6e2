import type { CommandModule } from "yargs";

const WHAT = [
  "retrievers",
  "encoders",
  "scenarios",
  "datasets",
  "measures",
  "fusers",
  "feedback",
  "expansions",
] as const;

type Flags = { readonly what: (typeof WHAT)[number]; readonly format: "table" | "json" };

export const listCommand: CommandModule<object, Flags> = {
  command: "list <what>",
  describe: "List what run files can name",
  builder: (cli) =>
    cli
      .positional("what", { choices: WHAT, demandOption: true })
      .option("format", { choices: ["table", "json"] as const, default: "table" as const, requiresArg: true }),
  async handler({ what, format }) {
    const { listComponents } = await import("../pipeline/project/list-components.ts");
    const { cardFolders } = await import("./surroundings.ts");
    const rows = await listComponents(what, cardFolders(), (text) => console.error(text));
    if (format === "json") {
      console.log(JSON.stringify(rows, undefined, 2));
      return;
    }
    const width = Math.max(...rows.map(({ name }) => name.length));
    for (const { name, summary } of rows) console.log(`${name.padEnd(width)}  ${summary}`);
  },
};
