import { describe, expect, it } from "vitest";
import { readSlurmOptions, resourceArguments, stageResources } from "../../harness/tasks/slurm-options.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const folder = temporaryFolder();

describe("readSlurmOptions", () => {
  it("has defaults", async () => {
    expect(await readSlurmOptions(undefined)).toMatchObject({ attempts: 3, setup: [], pollSeconds: 10 });
  });

  it.each([
    { why: "an unknown key", text: "partiton: gpu\n", code: "SPEC_INVALID" },
    { why: "no count", text: "cpus: many\n", code: "SPEC_INVALID" },
    { why: "no YAML", text: "cpus: [\n", code: "SPEC_INVALID" },
  ])("refuses $why", async ({ text, code }) => {
    await expect(readSlurmOptions(await folder.write("wrong.yaml", text))).rejects.toMatchObject({ code });
  });

  it("says that there is no file", async () => {
    await expect(readSlurmOptions(folder.path("none.yaml"))).rejects.toMatchObject({ code: "FILE_MISSING" });
  });
});

describe("a stage", () => {
  it("asks for its own, else for what all stages ask for", async () => {
    const text =
      'partition: cpu\ntime: 30\nmem: 8G\nextra: ["--exclusive"]\nencode: {partition: gpu, gres: "gpu:1", cpus: 8}\n';
    const options = await readSlurmOptions(await folder.write("stages.yaml", text));
    expect(resourceArguments(stageResources(options, "encode"))).toEqual([
      ...["--partition=gpu", "--time=30", "--mem=8G", "--cpus-per-task=8", "--gres=gpu:1", "--exclusive"],
    ]);
    expect(resourceArguments(stageResources(options, "cells"))).toEqual([
      ...["--partition=cpu", "--time=30", "--mem=8G", "--exclusive"],
    ]);
  });
});
