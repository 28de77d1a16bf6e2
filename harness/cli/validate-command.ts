import type { CommandModule } from "yargs";
import { runFile } from "./flags.ts";

type Flags = { readonly file: string };

export const validateCommand: CommandModule<object, Flags> = {
  command: "validate <file>",
  describe: "Check a run file without reading data",
  builder: (cli) => runFile(cli),
  async handler({ file }) {
    const { loadPlan } = await import("../pipeline/load-plan.ts");
    const { cardFolders } = await import("./surroundings.ts");
    const { cells, measures } = await loadPlan(file, cardFolders());
    const listed = cells.filter((cell) => cell.listed);
    const base = listed.filter(({ axes }) => axes.alpha === null).length;
    const spike = listed.length - base;
    console.log(
      `${file}: valid; ${base} base and ${spike} SPIKE cells, ${measures.map(({ text }) => text).join(", ")}.`,
    );
  },
};
