#!/usr/bin/env node
import { hideBin } from "yargs/helpers";
import { runCommandLine } from "./command-line.ts";

// a closed pipe (`spikebench ... | head`) is how a reader says that it has enough
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
});
// without a reader of progress and logs the work goes on
process.stderr.on("error", () => undefined);

process.exitCode = await runCommandLine(hideBin(process.argv));
