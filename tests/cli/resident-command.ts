import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { type Ended, spikebench as startSpikebench } from "./spikebench.ts";

const RESIDENT = resolve(import.meta.dirname, "resident.mjs");
/** What ends the process by itself. */
const EXITS: readonly string[] = ["--help", "--version", "completion", "--get-yargs-completions"];

type Surroundings = { readonly cwd: string; readonly env?: Readonly<Record<string, string>> };

let resident: Promise<ChildProcess> | undefined;
let busy: Promise<unknown> = Promise.resolve();

/**
 * What the built command does and prints, as `spikebench` of spikebench.ts tells it, without starting a process for it: one
 * serves a whole worker of tests, one command after the other. Whatever is about the process itself (signals, streams that
 * close, options of node) starts one.
 */
export async function spikebench(args: readonly string[], { cwd, env = {} }: Surroundings): Promise<Ended> {
  if (args.some((word) => EXITS.includes(word))) return await startSpikebench(args, { cwd, env });
  const turn = busy.then(() => ask({ args, cwd, env: { SPIKEBENCH_CACHE: resolve(cwd, "cache"), ...env } }));
  busy = turn.catch(() => undefined);
  return await turn;
}

async function ask(command: { readonly args: readonly string[] } & Required<Surroundings>): Promise<Ended> {
  resident ??= startResident();
  const child = await resident;
  return await new Promise((done, fail) => {
    function onExit(): void {
      resident = undefined;
      fail(new Error("the process that runs commands ended in one of them"));
    }
    child.once("exit", onExit);
    child.once("message", (ended: Ended) => {
      child.off("exit", onExit);
      done(ended);
    });
    child.send(command);
  });
}

async function startResident(): Promise<ChildProcess> {
  const child = fork(RESIDENT, [], { env: {}, execArgv: [], stdio: ["ignore", "ignore", "inherit", "ipc"] });
  await once(child, "message");
  // it ends with the worker of the tests, which must not wait for it
  child.unref();
  child.channel?.unref();
  return child;
}
