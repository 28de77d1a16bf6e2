import type { CommandModule } from "yargs";

type Flags = { readonly result: string; readonly baseline: string | undefined; readonly out: string };

export const gateBlessCommand: CommandModule<object, Flags> = {
  command: "bless <result>",
  describe: "Write the baseline of a result.json that was found good",
  builder: (cli) =>
    cli.positional("result", { type: "string", demandOption: true, describe: "result.json of a run" }).option("out", {
      type: "string",
      default: ".",
      requiresArg: true,
      describe: "folder that holds reports/",
    }) as never,
  async handler({ result, baseline, out }) {
    const { blessResult } = await import("../pipeline/compare/bless-result.ts");
    console.log(await blessResult(result, { out, path: baseline }));
  },
};
