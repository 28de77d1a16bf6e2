import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { chatStandIn } from "../llm/chat-stand-in.ts";
import { edit, filesBelow, LIBRARY } from "../pipeline/workspace.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { describeWithSlurm } from "../with-slurm.ts";
import { type SlurmCluster, startSlurm } from "./slurm-cluster.ts";
import { expectSame, logsOf, openSlurmLab, resultsOf, runHere } from "./slurm-lab.ts";

const folder = temporaryFolder();
const server = chatStandIn();

describeWithSlurm("a cluster that takes small arrays only", () => {
  let cluster: SlurmCluster;
  beforeAll(async () => {
    cluster = await startSlurm({ folder: folder.path("cluster"), nodes: 2, maxArraySize: 3 });
  }, 120_000);
  afterAll(async () => {
    await cluster?.stop();
  }, 60_000);

  it("gets a run in several arrays", async () => {
    const here = await openSlurmLab(folder.path("here"), cluster);
    expect(await runHere(here.folder)).toMatchObject({ code: 0 });
    const lab = await openSlurmLab(folder.path("split"), cluster);
    await writeFile(join(lab.folder, "slurm.yaml"), "pollSeconds: 0.3\nmaxParallel: 2\n");
    expect(await lab.run()).toMatchObject({ code: 0 });
    await expectSame(lab, await resultsOf(here.folder));
    const places = (await logsOf(lab.folder)).map((name) => /\d+\+\d+(?=\.log$)/.exec(name)?.[0]);
    expect(places.sort()).toEqual(["0+0", "0+1", "0+2", "3+0", "3+1", "3+2"]);
  });

  it("says what sbatch refuses, and counts no attempt for it", async () => {
    const lab = await openSlurmLab(folder.path("refused"), cluster);
    await writeFile(join(lab.folder, "slurm.yaml"), "partition: nowhere\npollSeconds: 0.3\n");
    const ended = await lab.run();
    expect(ended).toMatchObject({ code: 2 });
    expect(ended.stderr).toMatch(/sbatch says: .*partition.*\[SCHEDULER_REFUSED\]/s);
    const names = [...(await filesBelow(join(lab.folder, "out"))).keys()];
    expect(names.filter((name) => name.includes("/submissions/"))).toEqual([]);
  });

  it("gets the writing of scenarios too, each document once", async () => {
    const client = `{model: writer, server: stand-in, baseUrls: ["${server.baseUrl()}"]}`;
    const generated = `{kind: generate, client: ${client}, components: [I, E]}`;
    const here = await openSlurmLab(folder.path("written-here"), cluster);
    const lab = await openSlurmLab(folder.path("written"), cluster);
    for (const { file } of [here, lab]) await edit(file, "{kind: file, path: scenarios.jsonl}", generated);
    expect(await runHere(here.folder, ["--generate"])).toMatchObject({ code: 0 });
    await server.log();
    const ended = await lab.run(["--generate"]);
    expect(ended).toMatchObject({ code: 0 });
    expect(ended.stderr).toContain("generate: starting 2 tasks.");
    expect(await server.log()).toHaveLength(LIBRARY.corpus.length);
    await expectSame(lab, await resultsOf(here.folder));
  });

  it("and fails to launch them does not have the driver wait for ever for what it holds", async () => {
    const lab = await openSlurmLab(folder.path("held"), cluster);
    for (const node of ["n1", "n2"]) await cluster.breakNode(node);
    const ended = await lab.run(["--attempts", "2"]);
    for (const node of ["n1", "n2"]) await cluster.mendNode(node);
    expect(ended).toMatchObject({ code: 1 });
    expect(ended.stderr).toContain("Slurm failed to launch 3 tasks and holds them");
    expect(ended.stderr).toContain("starting 3 tasks, 3 of them again");
    expect(await cluster.command("squeue", ["-h"])).toBe("");
    expect(await lab.run()).toMatchObject({ code: 0 });
    await expectSame(lab, await resultsOf(folder.path("here")));
  });
});
