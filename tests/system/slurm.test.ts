import type { ChildProcess } from "node:child_process";
import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startOpenaiServer } from "../encode/openai-process.ts";
import { edit, filesBelow } from "../pipeline/workspace.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { describeWithSlurm } from "../with-slurm.ts";
import { kill, processes, type SlurmCluster, startSlurm } from "./slurm-cluster.ts";
import { expectSame, logsOf, nodesOf, openSlurmLab, resultsOf, runHere, TASKS, until } from "./slurm-lab.ts";

const folder = temporaryFolder();
const SLOW = ["sleep 3"];

describeWithSlurm("a run on Slurm", () => {
  let cluster: SlurmCluster;
  let expected: ReadonlyMap<string, string>;
  beforeAll(async () => {
    cluster = await startSlurm({ folder: folder.path("cluster"), nodes: 2 });
    const here = await openSlurmLab(folder.path("here"), cluster);
    expect(await runHere(here.folder)).toMatchObject({ code: 0 });
    expected = await resultsOf(here.folder);
  }, 120_000);
  afterAll(async () => {
    await cluster?.stop();
  }, 60_000);

  async function queued(): Promise<string> {
    return (await cluster.command("squeue", ["-h", "-o", "%j %t %r"])).trim();
  }

  it("makes the files of a run in one process", async () => {
    const lab = await openSlurmLab(folder.path("happy"), cluster);
    const ended = await lab.run();
    expect(ended).toMatchObject({ code: 0 });
    expect(ended.stderr).toContain("12 cells scored, 12 evaluated, 0 found finished; 15 texts encoded.");
    await expectSame(lab, expected);
    expect(await queued()).toBe("");
    const again = await lab.run();
    expect(again.stderr).toContain("all 12 cells were finished");
  });

  it("goes on when a node is lost: Slurm starts its tasks elsewhere", async () => {
    const lab = await openSlurmLab(folder.path("node"), cluster, SLOW);
    const running = lab.run();
    const [node = ""] = await nodesOf(cluster, "R");
    await cluster.loseNode(node);
    const ended = await running;
    await cluster.startNode(node);
    expect(ended).toMatchObject({ code: 0 });
    await expectSame(lab, expected);
  });

  it("shares an exact search out, equal to the last id, also when a node is lost in the middle of it", async () => {
    const lab = await openSlurmLab(folder.path("shared"), cluster, SLOW);
    const running = lab.run(["--documents-per-task", "2"]);
    await until(async () => {
      const names = [...(await filesBelow(join(lab.folder, "out"))).keys()];
      // the last of the tasks that encode has ended
      return names.some((name) => name.endsWith("/done/2.json")) ? true : undefined;
    });
    const [node = ""] = await nodesOf(cluster, "R");
    await cluster.loseNode(node);
    const ended = await running;
    await cluster.startNode(node);
    expect(ended).toMatchObject({ code: 0 });
    expect(ended.stderr).toContain("search: starting 3 tasks.");
    await expectSame(lab, expected);
  });

  it("starts a task again whose process was killed, which Slurm does not do", async () => {
    const lab = await openSlurmLab(folder.path("killed"), cluster, SLOW);
    const running = lab.run();
    // the shell that is to become the task
    const { pid } = await until(async () =>
      (await processes()).find(({ command }) => command.includes("slurm_script") && command.includes(lab.folder)),
    );
    kill(pid, "SIGKILL");
    const ended = await running;
    expect(ended).toMatchObject({ code: 0 });
    expect(ended.stderr).toMatch(/starting \d+ tasks, 1 of them again/);
    await expectSame(lab, expected);
  });

  it("gives up a task that always fails, lists its cells, and makes all others", async () => {
    const lab = await openSlurmLab(folder.path("failing"), cluster);
    const here = await openSlurmLab(folder.path("failing-here"), cluster);
    for (const { folder: path } of [lab, here]) {
      await mkdir(join(path, "out/runs/small"), { recursive: true });
      await writeFile(join(path, "out/runs/small/library@bm25"), "in the way");
    }
    expect(await runHere(here.folder, ["--keep-going"])).toMatchObject({ code: 1 });
    const ended = await lab.run(["--attempts", "2"]);
    expect(ended).toMatchObject({ code: 1 });
    expect(ended.stderr).toContain("8 cells failed");
    expect(ended.stderr).toMatch(/task 3 failed \(4 cells of library\): NOT_WRITABLE/);
    expect(await resultsOf(lab.folder)).toEqual(await resultsOf(here.folder));
    const failure = await readFile(join(await lab.manifest(), "../failed/3.txt"), "utf8");
    expect(failure).toContain("The end of its log:");
    expect(failure).toContain("[CELLS_FAILED]");
  });

  it("is taken up again after its driver was killed, with nothing started twice", async () => {
    const lab = await openSlurmLab(folder.path("driver"), cluster, SLOW);
    let driver: ChildProcess | undefined;
    const first = lab.run([], (child) => {
      driver = child;
    });
    await nodesOf(cluster, "R");
    driver?.kill("SIGKILL");
    expect(await first).toMatchObject({ signal: "SIGKILL" });
    expect(await queued()).not.toBe("");
    const ended = await lab.run();
    expect(ended).toMatchObject({ code: 0 });
    expect(ended.stderr).not.toContain("again");
    await expectSame(lab, expected);
    expect(await logsOf(lab.folder)).toHaveLength(TASKS);
  });

  it("waits while the controller is away", async () => {
    const lab = await openSlurmLab(folder.path("controller"), cluster, ["sleep 9"]);
    const running = lab.run();
    await nodesOf(cluster, "R");
    // it keeps what it knows every five seconds; killed before, it starts jobs twice, and then trusts their nodes no more
    await sleep(6_000);
    await cluster.killController();
    await sleep(3_000);
    await cluster.startController();
    const ended = await running;
    expect(ended).toMatchObject({ code: 0 });
    await expectSame(lab, expected);
  });

  it("takes no harm from two drivers, nor from a task that runs twice", async () => {
    const lab = await openSlurmLab(folder.path("twice"), cluster, ["sleep 1"]);
    const both = [lab.run(), lab.run()];
    await nodesOf(cluster, "R");
    const copies = await Promise.all(
      Array.from({ length: TASKS }, (_, task) => lab.task("run", ["--task", `${task}`])),
    );
    expect(copies.map(({ code }) => code)).toEqual(Array.from({ length: TASKS }, () => 0));
    for (const ended of await Promise.all(both)) expect(ended).toMatchObject({ code: 0 });
    await until(async () => ((await queued()) === "" ? true : undefined));
    expect(await lab.run()).toMatchObject({ code: 0 });
    await expectSame(lab, expected);
  });

  it("is cancelled with its driver, and goes on when it is run again", async () => {
    const lab = await openSlurmLab(folder.path("cancel"), cluster, SLOW);
    const running = lab.run();
    await nodesOf(cluster, "R");
    expect(await lab.task("cancel")).toMatchObject({ code: 0 });
    const ended = await running;
    expect(ended).toMatchObject({ code: 130 });
    expect(ended.stderr).toContain("[INTERRUPTED]");
    await until(async () => ((await queued()) === "" ? true : undefined));
    expect(await lab.run()).toMatchObject({ code: 0 });
    await expectSame(lab, expected);
  });

  it("goes on without its driver, says how far it is, and is reported by the next run", async () => {
    const lab = await openSlurmLab(folder.path("detach"), cluster, ["sleep 1"]);
    const detached = await lab.run(["--detach"]);
    expect(detached).toMatchObject({ code: 0, stdout: "" });
    expect(detached.stderr).toContain(`${TASKS} tasks handed over.`);
    expect((await lab.run(["--detach"])).stderr).toContain("under way already");
    const early = JSON.parse((await lab.task("status", ["--format", "json"])).stdout) as { queue: string };
    expect(early.queue).toMatch(/waiting|running|starting/);
    await until(async () => ((await queued()) === "" ? true : undefined));
    const status = await lab.task("status");
    expect(status.stdout).toBe(
      "encode: 3 of 3 tasks done\ncells: 2 of 2 tasks done\ncells: 1 of 1 tasks done\nSlurm: nothing queued or running\n",
    );
    const ended = await lab.run();
    expect(ended).toMatchObject({ code: 0 });
    expect(ended.stderr).not.toContain("starting");
    await expectSame(lab, expected);
  });

  it("leaves its jobs running at Ctrl-C, and says how to wait for them and how to end them", async () => {
    const lab = await openSlurmLab(folder.path("interrupt"), cluster, SLOW);
    let driver: ChildProcess | undefined;
    const running = lab.run([], (child) => {
      driver = child;
    });
    await nodesOf(cluster, "R");
    driver?.kill("SIGINT");
    const ended = await running;
    expect(ended).toMatchObject({ code: 130 });
    expect(ended.stderr).toContain("the jobs go on as small-");
    expect(ended.stderr).toContain("spikebench task cancel --manifest");
    expect(await queued()).not.toBe("");
    expect(await lab.run()).toMatchObject({ code: 0 });
    await expectSame(lab, expected);
  });

  it("hands keys of servers to its tasks by a file of their owner, and to nobody else", async () => {
    const server = await startOpenaiServer();
    const lab = await openSlurmLab(folder.path("keys"), cluster, ["env > environment-$SLURM_ARRAY_TASK_ID"]);
    const encoder = `{kind: openai, model: stand-in, baseUrls: ["http://127.0.0.1:${server.ports[0]}/v1"], dimensions: 16, apiKeyEnv: HIDDEN}`;
    await edit(lab.file, "{kind: hashed, dimensions: 16}", encoder);
    await server.tell({ always: { dim: 16 } });
    try {
      expect(await lab.run(["--detach"])).toMatchObject({ code: 0 });
      const secrets = join(await lab.manifest(), "../secrets.json");
      expect((await stat(secrets)).mode & 0o777).toBe(0o600);
      const ended = await lab.run();
      expect(ended).toMatchObject({ code: 0 });
      await expect(stat(secrets)).rejects.toMatchObject({ code: "ENOENT" });
      const requests = await server.tell({});
      expect(requests.length).toBeGreaterThan(0);
      expect(new Set(requests.map(({ headers }) => headers["authorization"]))).toEqual(new Set(["Bearer s3cret"]));
      const files = await filesBelow(join(lab.folder, "out"));
      const texts = [...files].map(([name, bytes]) => [name, Buffer.from(bytes, "base64").toString()] as const);
      expect(texts.filter(([name]) => name.includes("environment-")).length).toBeGreaterThan(0);
      expect(texts.filter(([, text]) => text.includes("s3cret"))).toEqual([]);
    } finally {
      await server.kill();
    }
  });
});
