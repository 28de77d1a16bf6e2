import { execFile, spawn } from "node:child_process";
import { randomBytes, randomInt } from "node:crypto";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { cpus, hostname, totalmem } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

// biome-ignore lint/style/noProcessEnv: where the commands of Slurm are found
const PATH = process.env["PATH"] ?? "";
const execute = promisify(execFile);
const START_MS = 60_000;
const STOP_MS = 5_000;

/** A cluster of emulated nodes on this machine, without systemd, cgroups or a database; it listens on the loopback only. */
export type SlurmCluster = {
  /** Environment of everything that is to reach it. */
  readonly env: Readonly<Record<string, string>>;
  /** The output of a command of Slurm. */
  command(program: string, args: readonly string[]): Promise<string>;
  /** Ends a node's daemon and all jobs on it without a word, as when its power is cut, and tells the controller. */
  loseNode(node: string): Promise<void>;
  startNode(node: string): Promise<void>;
  /** Takes from a node what it needs to launch jobs. */
  breakNode(node: string): Promise<void>;
  mendNode(node: string): Promise<void>;
  killController(): Promise<void>;
  startController(): Promise<void>;
  /** Ends what was started, by its process id. */
  stop(): Promise<void>;
};

type ClusterOptions = { readonly folder: string; readonly nodes: number; readonly maxArraySize?: number };

/** Starts a controller, nodes and munge under a folder of their own, on ports that nothing else has. */
export async function startSlurm({ folder, nodes, maxArraySize = 1001 }: ClusterOptions): Promise<SlurmCluster> {
  for (const name of ["state", "log", "run", "spool"]) await mkdir(join(folder, name), { recursive: true });
  const config = join(folder, "slurm.conf");
  const names = Array.from({ length: nodes }, (_, at) => `n${at + 1}`);
  await writeFile(config, slurmConfig({ folder, names, maxArraySize }));
  const env = { PATH: PATH, SLURM_CONF: config };
  const pidFile = (name: string) => join(folder, "run", `${name}.pid`);

  async function command(program: string, args: readonly string[]): Promise<string> {
    return (await execute(program, args, { env, timeout: START_MS })).stdout;
  }

  async function daemon(program: string, args: readonly string[]): Promise<void> {
    const child = spawn(program, args, { env, stdio: "ignore" });
    const code = await new Promise((done, fail) => child.once("error", fail).once("exit", done));
    if (code !== 0) throw new Error(`${program} ended with ${String(code)}; see ${folder}/log`);
  }

  async function untilUsable(): Promise<void> {
    for (let waited = 0; waited < START_MS; waited += 100) {
      const states = await command("sinfo", ["-h", "-N", "-o", "%t"]).catch(() => "");
      if (
        states
          .trim()
          .split("\n")
          .every((state) => /^(idle|mix|alloc)$/.test(state))
      )
        return;
      await sleep(100);
    }
    throw new Error(`the cluster did not come up; see ${folder}/log`);
  }

  await writeFile(join(folder, "munge.key"), randomBytes(1024), { mode: 0o400 });
  await daemon("munged", [
    ...[`--key-file=${join(folder, "munge.key")}`, `--socket=${join(folder, "run", "munge.socket")}`],
    ...[`--pid-file=${pidFile("munged")}`, `--log-file=${join(folder, "log", "munged.log")}`],
    ...[`--seed-file=${join(folder, "run", "munge.seed")}`, "--num-threads=2", "--force"],
  ]);
  const startController = () => daemon("slurmctld", ["-f", config]);
  const startNode = async (node: string) => {
    await daemon("slurmd", ["-f", config, "-N", node]);
    await untilUsable();
  };
  await startController();
  for (const node of names) await daemon("slurmd", ["-f", config, "-N", node]);
  await untilUsable();

  return {
    env,
    command,
    startController,
    startNode,
    async loseNode(node) {
      const jobs = await command("squeue", ["-h", "-w", node, "-t", "R", "-o", "%A"]);
      await end(pidFile(`slurmd.${node}`), "SIGKILL");
      for (const job of jobs.split("\n").filter(Boolean)) await killSteps(job);
      await command("scontrol", ["update", `nodename=${node}`, "state=down", "reason=test"]);
    },
    async breakNode(node) {
      await rm(join(folder, "spool", node), { recursive: true });
      await writeFile(join(folder, "spool", node), "in the way");
    },
    async mendNode(node) {
      await rm(join(folder, "spool", node));
      await mkdir(join(folder, "spool", node));
    },
    killController: () => end(pidFile("slurmctld"), "SIGKILL"),
    async stop() {
      await command("scancel", [`--user=${process.getuid?.() ?? 0}`]).catch(() => "");
      for (const name of ["slurmctld", ...names.map((node) => `slurmd.${node}`), "munged"]) await end(pidFile(name));
    },
  };
}

type Config = { readonly folder: string; readonly names: readonly string[]; readonly maxArraySize: number };

/** Times are short, so that what takes minutes on a real cluster takes seconds. */
function slurmConfig({ folder, names, maxArraySize }: Config): string {
  const [host] = hostname().split(".");
  const base = randomInt(20_000, 55_000);
  const memory = Math.floor(totalmem() / 2 ** 20 / names.length);
  const nodes = names.map(
    (name, at) =>
      `NodeName=${name} NodeHostname=${host} NodeAddr=127.0.0.1 Port=${base + 1 + at} CPUs=${cpus().length} RealMemory=${memory}`,
  );
  return `${[
    "ClusterName=spikebench",
    `SlurmctldHost=${host}(127.0.0.1)`,
    ...["SlurmUser=root", "SlurmdUser=root", `SlurmctldPort=${base}`, "AuthType=auth/munge"],
    `AuthInfo=socket=${folder}/run/munge.socket,cred_expire=5`,
    `StateSaveLocation=${folder}/state`,
    `SlurmdSpoolDir=${folder}/spool/%n`,
    `SlurmctldPidFile=${folder}/run/slurmctld.pid`,
    `SlurmdPidFile=${folder}/run/slurmd.%n.pid`,
    `SlurmctldLogFile=${folder}/log/slurmctld.log`,
    `SlurmdLogFile=${folder}/log/slurmd.%n.log`,
    ...["ProctrackType=proctrack/linuxproc", "TaskPlugin=task/none", "JobAcctGatherType=jobacct_gather/none"],
    ...["AccountingStorageType=accounting_storage/none", "MpiDefault=none", "SwitchType=switch/none"],
    ...["SelectType=select/cons_tres", "SelectTypeParameters=CR_Core", "SchedulerType=sched/backfill"],
    "SchedulerParameters=bf_interval=1,sched_interval=1,batch_sched_delay=1",
    "CommunicationParameters=NoCtldInAddrAny,NoInAddrAny",
    ...["ReturnToService=2", "SlurmdTimeout=6", "SlurmctldTimeout=10", "InactiveLimit=0", "KillWait=2", "Waittime=0"],
    ...[`MaxArraySize=${maxArraySize}`, "JobRequeue=1", "MinJobAge=300"],
    ...nodes,
    "PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP",
  ].join("\n")}\n`;
}

/** Kills the steps of a job and their children. */
async function killSteps(job: string): Promise<void> {
  for (const { pid, command } of await processes()) {
    if (command.startsWith(`slurmstepd: [${job}.`)) await killTree(pid);
  }
}

/** A process and everything below it. */
async function killTree(root: number): Promise<void> {
  const all = await processes();
  const below = [root];
  for (const parent of below) below.push(...all.filter((one) => one.parent === parent).map(({ pid }) => pid));
  for (const pid of below.reverse()) kill(pid, "SIGKILL");
}

type Running = { readonly pid: number; readonly parent: number; readonly state: string; readonly command: string };

/** Every process of this machine, as /proc has it. */
export async function processes(): Promise<readonly Running[]> {
  const running: Running[] = [];
  for (const name of (await readdir("/proc")).filter((one) => /^\d+$/.test(one))) {
    const stat = await readFile(`/proc/${name}/stat`, "utf8").catch(() => "");
    const command = await readFile(`/proc/${name}/cmdline`, "utf8").catch(() => "");
    const [, state = "", parent = "0"] = /\) (\S) (\d+)/.exec(stat) ?? [];
    running.push({ pid: Number(name), parent: Number(parent), state, command: command.replaceAll("\0", " ").trim() });
  }
  return running;
}

/** Ends a process by the id in a file, for good if need be; a zombie has ended. */
async function end(pidFile: string, signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
  const pid = Number(await readFile(pidFile, "utf8").catch(() => ""));
  if (!(pid > 0)) return;
  kill(pid, signal);
  for (let waited = 0; waited < STOP_MS; waited += 50) {
    const found = (await processes()).find((one) => one.pid === pid);
    if (found === undefined || found.state === "Z") return;
    await sleep(50);
  }
  kill(pid, "SIGKILL");
}

export function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // it has ended by itself
  }
}
