import type { CommandModule } from "yargs";

type Flags = { readonly name: string | undefined; readonly out: string; readonly port: string };

export const openCommand: CommandModule<object, Flags> = {
  command: "open [name]",
  describe: "Serve reports/ to this machine and print the address; Ctrl-C ends it",
  builder: (cli) =>
    cli
      .positional("name", { type: "string", describe: "report; a list of all without it" })
      .option("out", { type: "string", default: ".", requiresArg: true, describe: "folder that holds reports/" })
      .option("port", { type: "string", default: "0", requiresArg: true, describe: "0 takes a free one" }) as never,
  async handler({ name, out, port }) {
    const { resolve } = await import("node:path");
    const { openTerminal, portFlag } = await import("./surroundings.ts");
    const { openReports } = await import("../pipeline/reports/open-reports.ts");
    const { signal } = openTerminal();
    const server = await openReports(resolve(out), { name, port: portFlag("--port", port) });
    console.log(server.url);
    console.error("Ctrl-C ends it.");
    // being stopped is how it is meant to end
    await new Promise((ended) => signal.addEventListener("abort", ended, { once: true }));
    await server.close();
  },
};
