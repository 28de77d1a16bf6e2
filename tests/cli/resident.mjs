// A process that runs one command of the build after the other, each as if it had been started: its own folder, environment
// and output. Starting Node and loading the build takes longer than nearly all commands that tests run.
process.argv[1] = new URL("../../dist/cli/main.js", import.meta.url).pathname;
const { runCommandLine } = await import("../../dist/cli/command-line.js");

const { env: environment } = process;
// every command listens to signals, and would in a process of its own
process.setMaxListeners(0);
process.on("disconnect", () => process.exit());

/** @returns what is written to the stream until `release` */
function capture(stream) {
  const { write } = stream;
  let text = "";
  stream.write = (chunk, encoding, done = encoding) => {
    text += typeof chunk === "string" ? chunk : Buffer.from(chunk).toString("utf8");
    if (typeof done === "function") done();
    return true;
  };
  return () => {
    stream.write = write;
    return text;
  };
}

process.on("message", async ({ args, cwd, env }) => {
  process.chdir(cwd);
  for (const name of Object.keys(environment)) delete environment[name];
  Object.assign(environment, env);
  const [stdout, stderr] = [capture(process.stdout), capture(process.stderr)];
  const code = await runCommandLine(args);
  for (const signal of ["SIGINT", "SIGTERM", "SIGUSR1"]) process.removeAllListeners(signal);
  process.send({ code, signal: null, stdout: stdout(), stderr: stderr() });
});
process.send("ready");
