import { execFile } from "node:child_process";
import { HarnessError } from "../errors.ts";

/** What a command of Slurm said; `unknown` when it did not answer in time, or could not ask the controller. */
export type SlurmAnswer =
  | { readonly status: "answered"; readonly stdout: string }
  | { readonly status: "refused"; readonly why: string }
  /** `sent`: perhaps it was done all the same. */
  | { readonly status: "unknown"; readonly why: string; readonly sent: boolean };

export type SlurmCommands = {
  /** @throws {HarnessError} `SCHEDULER_UNAVAILABLE` when there is no such command */
  run(program: "sbatch" | "squeue" | "scancel" | "scontrol", args: readonly string[]): Promise<SlurmAnswer>;
};

export type SlurmSurroundings = {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly timeoutMs: number;
};

/** What passes: the controller is away or busy, or a limit of jobs is reached until some have ended. */
const PASSING = /unable to contact|timed out|connection refused|temporarily|try again|MaxSubmit|MaxJob/i;

/** The commands of Slurm; while its controller is away they hang, so none may take longer than it is given. */
export function slurmCommands({ env, timeoutMs }: SlurmSurroundings): SlurmCommands {
  return {
    run: (program, args) =>
      new Promise((resolve, reject) => {
        const options = { env, timeout: timeoutMs, killSignal: "SIGKILL", maxBuffer: 2 ** 28 } as const;
        execFile(program, args, options, (error, stdout, stderr) => {
          if (error === null) resolve({ status: "answered", stdout });
          else if (error.code === "ENOENT") reject(notInstalled(program));
          else resolve(failedAnswer({ killed: error.killed === true, why: stderr.trim() || error.message, timeoutMs }));
        });
      }),
  };
}

type Failed = { readonly killed: boolean; readonly why: string; readonly timeoutMs: number };

function failedAnswer({ killed, why, timeoutMs }: Failed): SlurmAnswer {
  if (killed) return { status: "unknown", why: `no answer in ${timeoutMs / 1_000} s`, sent: true };
  return PASSING.test(why) ? { status: "unknown", why, sent: false } : { status: "refused", why };
}

function notInstalled(program: string): HarnessError {
  return new HarnessError("SCHEDULER_UNAVAILABLE", `expected Slurm's command \`${program}\`, found none.`, {
    hint: "Run this where Slurm's commands are, or use `--executor local`.",
  });
}
