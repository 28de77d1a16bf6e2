import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { spikebench } from "../cli/spikebench.ts";
import { type OpenaiProcess, startOpenaiServer } from "../encode/openai-process.ts";
import { edit, filesBelow, openLab } from "../pipeline/workspace.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const folder = temporaryFolder();
let server: OpenaiProcess;
beforeAll(async () => {
  server = await startOpenaiServer();
});
afterAll(() => server.release());

it("a task that is told that its time is nearly over keeps what it has encoded", async () => {
  const lab = await openLab(folder.path("lab"));
  const encoder = `{kind: openai, model: stand-in, baseUrls: ["http://127.0.0.1:${server.ports[0]}/v1"], dimensions: 16, batchSize: 1, concurrency: 1}`;
  await edit(lab.file, "{kind: hashed, dimensions: 16}", encoder);
  await server.tell({ always: { dim: 16, delay: 300 } });
  const flags = ["experiment.yaml", "--data", "library=data", "--out", "out"];
  const planned = await spikebench(["task", "plan", ...flags, "--format", "json"], { cwd: lab.folder });
  const { manifest } = JSON.parse(planned.stdout) as { manifest: string };
  const ended = await spikebench(["task", "run", "--manifest", manifest, "--task", "0"], {
    cwd: lab.folder,
    watch: (child) => void server.reached(4).then(() => child.kill("SIGUSR1")),
  });
  expect(ended).toMatchObject({ code: 143 });
  expect(ended.stderr).toContain("[TERMINATED]");
  expect(await readFile(join(manifest, "../errors/0.json"), "utf8")).toContain("TERMINATED");
  const left = [...(await filesBelow(lab.folder)).keys()].filter((name) => name.endsWith(".tmp"));
  expect(left).toEqual([]);
  await server.tell({ always: { dim: 16 } });
  const again = await spikebench(["task", "run", "--manifest", manifest, "--task", "0"], { cwd: lab.folder });
  expect(again).toMatchObject({ code: 0 });
  const [, encoded] = /done; (\d+) texts encoded/.exec(again.stderr) ?? [];
  // of 15 texts at least three had been answered
  expect(Number(encoded)).toBeLessThanOrEqual(15 - 3);
});
