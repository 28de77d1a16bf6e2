import { chmod, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { spikebench } from "../cli/spikebench.ts";
import { chatStandIn } from "../llm/chat-stand-in.ts";
import { answersOf, writeRows } from "../llm/run-batch.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { describeWithSlurm } from "../with-slurm.ts";
import { type SlurmCluster, startSlurm } from "./slurm-cluster.ts";

const folder = temporaryFolder();
const server = chatStandIn();

/** Stands in for vLLM, which needs a model: it knows the answers to a file of requests before it is asked. */
const VLLM = `#!/bin/sh
[ "$1 $2 $4 $6 $8" = "run-batch -i -o --model --served-model-name" ] || exit 2
cp "prepared/$(basename "$3")" "$5"
`;

/** The script of the guide, without the device that an emulated node lacks. */
async function answerScript(): Promise<string> {
  const guide = await readFile(resolve(import.meta.dirname, "../../docs/scale.md"), "utf8");
  const [, script = ""] = /```sh\n(#!\/bin\/bash\n# answer\.sh.*?)```/s.exec(guide) ?? [];
  expect(script).toContain("--gres=gpu:1 ");
  return script.replace("--gres=gpu:1 ", "");
}

describeWithSlurm("an array job over batch files", () => {
  let cluster: SlurmCluster;
  beforeAll(async () => {
    cluster = await startSlurm({ folder: folder.path("cluster"), nodes: 2 });
  }, 120_000);
  afterAll(async () => {
    await cluster?.stop();
  }, 60_000);

  it("runs as the guide has it, and brings the scenario set that a server writes", async () => {
    const cwd = folder.path("lab");
    for (const name of ["answers", "prepared", "bin"]) await mkdir(`${cwd}/${name}`, { recursive: true });
    const generate = ["scenarios", "generate", "--dataset", "demo", "--model", "my-model", "--server", "cluster"];
    const asking = [...generate, "--base-url", server.baseUrl()];
    const exported = await spikebench([...asking, "--export-batch", "batch", "--requests-per-file", "70"], { cwd });
    expect(exported.code, exported.stderr).toBe(0);
    const requests = (await readdir(`${cwd}/batch`)).filter((name) => name.startsWith("requests-"));
    // 160 documents
    expect(requests.sort()).toEqual(["requests-0.jsonl", "requests-1.jsonl", "requests-2.jsonl"]);
    for (const name of requests) {
      await writeRows(`${cwd}/prepared/${name}`, await answersOf(`${cwd}/batch/${name}`, server.baseUrl()));
    }
    await writeFile(`${cwd}/bin/vllm`, VLLM);
    await chmod(`${cwd}/bin/vllm`, 0o755);
    await writeFile(`${cwd}/answer.sh`, await answerScript());
    const path = `PATH=${cwd}/bin:${cluster.env["PATH"]}`;
    const options = ["--parsable", "--array=0-2", `--chdir=${cwd}`, `--export=ALL,${path}`, `--output=${cwd}/%a.log`];
    const job = (await cluster.command("sbatch", [...options, `${cwd}/answer.sh`])).trim();
    while ((await cluster.command("squeue", ["-h", "-j", job])).trim() !== "") await sleep(200);
    const logs = await Promise.all([0, 1, 2].map((at) => readFile(`${cwd}/${at}.log`, "utf8")));
    expect(logs).toEqual(["", "", ""]);
    expect((await readdir(`${cwd}/answers`)).sort()).toEqual(["0.jsonl", "1.jsonl", "2.jsonl"]);
    await server.log();
    const imported = await spikebench([...asking, "--import-batch", "answers"], { cwd });
    expect(imported.stdout).toContain("for 160 of 160 documents; 0 noise, 0 failed.");
    expect(await server.log()).toEqual([]);
    const online = folder.path("online");
    await mkdir(online);
    expect((await spikebench(asking, { cwd: online })).code).toBe(0);
    expect(await readFile(`${cwd}/scenarios/demo.jsonl`)).toEqual(await readFile(`${online}/scenarios/demo.jsonl`));
  });
});
