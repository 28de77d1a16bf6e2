import { HarnessError } from "../errors.ts";
import { arraySpec, type TaskArray } from "./array-spec.ts";
import type { SlurmAnswer, SlurmCommands } from "./slurm-commands.ts";

/** Tasks in Slurm's queue by their state, such as `R` or `PD`, and why some of them wait. */
export type QueueView = {
  readonly tasks: number;
  readonly states: ReadonlyMap<string, number>;
  readonly reasons: readonly string[];
  /** Jobs that Slurm failed to launch and will not try again by itself. */
  readonly stuck: readonly string[];
};

export type ArrayJob = {
  readonly array: TaskArray;
  readonly maxParallel: number | undefined;
  /** Options of sbatch that do not depend on the array. */
  readonly options: readonly string[];
  /** The script and its arguments. */
  readonly script: readonly string[];
};

/** The jobs of one name in Slurm's queue. */
export type SlurmQueue = {
  readonly job: string;
  /** What is queued or running; undefined when Slurm does not answer, which says nothing of the jobs. */
  look(): Promise<QueueView | undefined>;
  /** @throws {HarnessError} `SCHEDULER_REFUSED` */
  submit(job: ArrayJob): Promise<Extract<SlurmAnswer, { status: "answered" | "unknown" }>>;
  /** @param jobs all when undefined */
  cancel(jobs?: readonly string[]): Promise<SlurmAnswer>;
  /** The largest index of an array is one less. */
  arraySize(): Promise<number>;
};

/** Reason of a job whose launch failed; one that a person holds has another. */
const LAUNCH_FAILED = "launch failed requeued held";
/** Slurm's default of MaxArraySize. */
const ARRAY_SIZE = 1001;

/** @param owner number of the user whose jobs they are */
export function slurmQueue(
  commands: SlurmCommands,
  { job, owner }: { readonly job: string; readonly owner: number },
): SlurmQueue {
  return {
    job,
    async look() {
      const asked = await commands.run("squeue", ["-h", "-r", "-u", String(owner), "-n", job, "-o", "%i %t %r"]);
      return asked.status === "answered" ? viewOf(asked.stdout) : undefined;
    },
    async submit({ array, maxParallel, options, script }) {
      const limit = maxParallel === undefined ? "" : `%${maxParallel}`;
      const asked = await commands.run("sbatch", [
        ...["--parsable", "--requeue", "--open-mode=append", `--job-name=${job}`, "--signal=B:USR1@120"],
        ...[`--array=${arraySpec(array.indices)}${limit}`, ...options, ...script, "--offset", String(array.offset)],
      ]);
      if (asked.status !== "refused") return asked;
      throw new HarnessError("SCHEDULER_REFUSED", `sbatch says: ${asked.why.split("\n").at(-1)}.`.replace("..", "."), {
        hint: "Mend the options of `--slurm`, or choose another partition.",
      });
    },
    cancel: (jobs) => commands.run("scancel", jobs ?? [`--user=${owner}`, `--name=${job}`]),
    async arraySize() {
      const asked = await commands.run("scontrol", ["show", "config"]);
      const [, size] = /^MaxArraySize\s*=\s*(\d+)/m.exec(asked.status === "answered" ? asked.stdout : "") ?? [];
      return Math.max(2, Number(size ?? ARRAY_SIZE));
    },
  };
}

function viewOf(text: string): QueueView {
  const states = new Map<string, number>();
  const reasons = new Set<string>();
  const stuck: string[] = [];
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  for (const line of lines) {
    const [id = "", state = "", ...words] = line.trim().split(" ");
    const reason = words.join(" ").replace(/^\((.*)\)$/, "$1");
    states.set(state, (states.get(state) ?? 0) + 1);
    if (state === "PD" && reason !== "None") reasons.add(reason);
    if (reason === LAUNCH_FAILED) stuck.push(id);
  }
  return { tasks: lines.length, states, reasons: [...reasons].sort(), stuck };
}

/** A queue in words. */
export function describeQueue({ tasks, states, reasons }: QueueView): string {
  if (tasks === 0) return "nothing queued or running";
  const counts = Array.from(states, ([state, count]) => `${count} ${STATES[state] ?? state}`);
  return `${counts.join(", ")}${reasons.length === 0 ? "" : ` (${reasons.join("; ")})`}`;
}

const STATES: Readonly<Record<string, string>> = { PD: "waiting", R: "running", CG: "ending", CF: "starting" };
