import { type ChildProcess, spawn } from "node:child_process";
import { resolve } from "node:path";

const MAIN = resolve(import.meta.dirname, "../../dist/cli/main.js");
const LIMIT_MS = 50_000;

type Surroundings = {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Options of node itself. */
  readonly node?: readonly string[];
  /** User and group to run as; needs root. */
  readonly uid?: number;
  /** Milliseconds after which it is killed. */
  readonly limit?: number;
  /** Sees the process once it runs, to send it signals. */
  readonly watch?: (child: ChildProcess) => void;
};

export type Ended = {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
};

/** Starts the built command as a user does and waits for its end. Its environment holds what is given and no more. */
export async function spikebench(args: readonly string[], surroundings: Surroundings): Promise<Ended> {
  const { cwd, env = {}, node = [], uid, watch, limit = LIMIT_MS } = surroundings;
  const child = spawn(process.execPath, [...node, MAIN, ...args], {
    cwd,
    env: { SPIKEBENCH_CACHE: resolve(cwd, "cache"), ...env },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: limit,
    killSignal: "SIGKILL",
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  watch?.(child);
  return await new Promise((done, fail) => {
    child.on("error", fail);
    child.on("close", (code, signal) => done({ code, signal, stdout, stderr }));
  });
}
