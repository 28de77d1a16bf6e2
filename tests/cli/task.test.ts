import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { filesBelow, type Lab, openLab } from "../pipeline/workspace.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { spikebench } from "./resident-command.ts";

const folder = temporaryFolder();
const FLAGS = ["experiment.yaml", "--data", "library=data", "--out", "out"];

type Described = {
  readonly manifest: string;
  readonly stages: readonly { readonly name: string; readonly first: number; readonly last: number }[];
};

async function results(lab: Lab): Promise<ReadonlyMap<string, string>> {
  const files = await filesBelow(join(lab.folder, "out"));
  return new Map([...files].filter(([name]) => !name.includes("/tasks/")));
}

let here: ReadonlyMap<string, string>;
beforeAll(async () => {
  const lab = await openLab(folder.path("here"));
  expect(await spikebench(["run", ...FLAGS], { cwd: lab.folder })).toMatchObject({ code: 0 });
  here = await results(lab);
});

describe("spikebench run --executor local", () => {
  it("makes the very files of a run in one process, and prints the same", async () => {
    const lab = await openLab(folder.path("local"));
    const run = ["run", ...FLAGS, "--executor", "local", "--jobs", "2", "--texts-per-task", "10"];
    const { code, stderr } = await spikebench(run, { cwd: lab.folder });
    expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringContaining("15 texts encoded.") });
    expect(await results(lab)).toEqual(here);
  });

  it("gives a task up that fails, names it, and ends as a run with failed cells does", async () => {
    const lab = await openLab(folder.path("failing"));
    await mkdir(join(lab.folder, "out", "runs", "small"), { recursive: true });
    await writeFile(join(lab.folder, "out", "runs", "small", "library@bm25"), "in the way");
    const run = ["run", ...FLAGS, "--executor", "local", "--attempts", "2"];
    const { code, stderr } = await spikebench(run, { cwd: lab.folder });
    expect(code).toBe(1);
    expect(stderr).toMatch(/task 1 failed \(4 cells of library\): NOT_WRITABLE/);
    expect(stderr).toContain("8 cells failed");
    expect(stderr).toContain("[CELLS_FAILED]");
  });

  it.each([
    ["--executor", "elsewhere"],
    ["--executor", "local", "--attempts", "0"],
    ["--executor", "local", "--cells-per-task", "none"],
    ["--attempts", "2"],
    ["--texts-per-task", "10"],
    ["--detach"],
    ["--executor", "local", "--slurm", "slurm.yaml"],
  ])("refuses %s %s %s %s", async (...flags) => {
    const lab = await openLab(folder.path("refused"));
    const { code, stderr } = await spikebench(["run", ...FLAGS, ...flags], { cwd: lab.folder });
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining("[USAGE]") });
    expect(await results(lab)).toEqual(new Map());
  });
});

describe("spikebench run --executor slurm", () => {
  it("says that there is no Slurm where there is none", async () => {
    const lab = await openLab(folder.path("no-slurm"));
    const env = { PATH: folder.path("empty") };
    const { code, stderr } = await spikebench(["run", ...FLAGS, "--executor", "slurm"], { cwd: lab.folder, env });
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining("[SCHEDULER_UNAVAILABLE]") });
  });
});

describe("spikebench task", () => {
  it("plans a run for any scheduler, whose tasks make the files of a run in one process", async () => {
    const lab = await openLab(folder.path("planned"));
    const planned = await spikebench(["task", "plan", ...FLAGS, "--format", "json"], { cwd: lab.folder });
    const { manifest, stages }: Described = JSON.parse(planned.stdout);
    expect(stages.map(({ name, first, last }) => [name, first, last])).toEqual([
      ["encode", 0, 0],
      ["cells", 1, 2],
      ["cells", 3, 3],
    ]);
    const run = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
      spikebench(["task", "run", "--manifest", manifest, ...args], { cwd: folder.path("."), env });
    expect(await run(["--task", "0"])).toMatchObject({ code: 0, stdout: "" });
    expect(await run([], { SLURM_ARRAY_TASK_ID: "1" })).toMatchObject({ code: 0 });
    expect(await run(["--offset", "2"], { SLURM_ARRAY_TASK_ID: "0" })).toMatchObject({ code: 0 });
    expect(await run(["--task", "3"])).toMatchObject({ code: 0 });
    const { stderr } = await spikebench(["run", ...FLAGS], { cwd: lab.folder });
    expect(stderr).toContain("all 12 cells were finished");
    expect(await results(lab)).toEqual(here);
  });

  it.each([
    { why: "no number", args: ["--manifest", "MANIFEST"], code: "USAGE" },
    { why: "a number that is none", args: ["--manifest", "MANIFEST", "--task", "one"], code: "USAGE" },
    { why: "a number that there is not", args: ["--manifest", "MANIFEST", "--task", "99"], code: "USAGE" },
    { why: "no such manifest", args: ["--manifest", "none.json", "--task", "0"], code: "FILE_MISSING" },
    { why: "a manifest of another kind", args: ["--manifest", "scenarios.jsonl", "--task", "0"], code: "DATA_INVALID" },
  ])("refuses $why", async ({ args, code }) => {
    const lab = await openLab(folder.path("refused-task"));
    const { stdout } = await spikebench(["task", "plan", ...FLAGS, "--format", "json"], { cwd: lab.folder });
    const { manifest }: Described = JSON.parse(stdout);
    const filled = args.map((arg) => (arg === "MANIFEST" ? manifest : arg));
    const ended = await spikebench(["task", "run", ...filled], { cwd: lab.folder });
    expect(ended).toMatchObject({ code: 2, stderr: expect.stringContaining(`[${code}]`) });
  });
});
