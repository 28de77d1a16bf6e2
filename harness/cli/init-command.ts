import type { CommandModule } from "yargs";

const TEMPLATES = ["sweep", "reproduce", "gate"] as const;

type Flags = {
  readonly template: (typeof TEMPLATES)[number];
  readonly name: string | undefined;
  readonly out: string;
  readonly force: boolean;
};

export const initCommand: CommandModule<object, Flags> = {
  command: "init [template]",
  describe: "Write a commented run file to begin with: sweep; reproduce, with a pack; gate, with a workflow",
  builder: (cli) =>
    cli
      .positional("template", { choices: TEMPLATES, default: "sweep" as const })
      .option("name", { type: "string", requiresArg: true, describe: "of the experiment; that of the template" })
      .option("out", { type: "string", default: ".", requiresArg: true, describe: "folder to write in" })
      .option("force", { type: "boolean", default: false, describe: "write over files that are there" }) as never,
  async handler({ template, name = template, out, force }) {
    const { resolve } = await import("node:path");
    const { initProject } = await import("../pipeline/project/init-project.ts");
    const files = await initProject(template, { folder: resolve(out), name, force });
    for (const file of files) console.log(file);
  },
};
