import { writeFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import {
  describeTask,
  jobName,
  readManifest,
  stagesOf,
  type Task,
  type TaskManifest,
  taskOf,
  writeManifest,
} from "../../harness/tasks/task-manifest.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { aManifest, cellsTask, encodeTask } from "./made-up-tasks.ts";

const folder = temporaryFolder();

describe("stagesOf", () => {
  it.each<{ why: string; tasks: readonly Task[]; stages: readonly (readonly [string, number, number])[] }>([
    { why: "no tasks", tasks: [], stages: [] },
    {
      why: "encoding, then cells",
      tasks: [encodeTask(), encodeTask(), cellsTask(["a"], [0, 1])],
      stages: [
        ["encode", 0, 2],
        ["cells", 2, 3],
      ],
    },
    {
      why: "cells that need others are a stage of their own",
      tasks: [cellsTask(["a"], []), cellsTask(["b"], []), cellsTask(["c"], [0]), cellsTask(["d"], [1])],
      stages: [
        ["cells", 0, 2],
        ["cells", 2, 4],
      ],
    },
  ])("$why", ({ tasks, stages }) => {
    const found = stagesOf(aManifest(tasks)).map(({ name, first, end }) => [name, first, end]);
    expect(found).toEqual(stages);
  });
});

describe("readManifest", () => {
  it("gives back what was written", async () => {
    const manifest = aManifest([encodeTask(), cellsTask(["a"], [0])]);
    const path = folder.path("whole/manifest.json");
    await writeManifest(path, manifest);
    expect(await readManifest(path)).toEqual(manifest);
  });

  it.each([
    ["no JSON", "{"],
    ["another version", JSON.stringify({ ...aManifest([]), schemaVersion: 2 })],
    ["an unknown stage", JSON.stringify({ ...aManifest([]), tasks: [{ stage: "dance" }] })],
  ])("refuses %s", async (_, text) => {
    const path = folder.path("foreign.json");
    await writeFile(path, text);
    await expect(readManifest(path)).rejects.toMatchObject({ code: "DATA_INVALID" });
  });

  it("says that there is none", async () => {
    await expect(readManifest(folder.path("none.json"))).rejects.toMatchObject({ code: "FILE_MISSING" });
  });
});

describe("taskOf", () => {
  it("refuses a number that there is not", () => {
    expect(() => taskOf(aManifest([encodeTask()]), 1)).toThrow(expect.objectContaining({ code: "USAGE" }));
  });
});

describe("jobName", () => {
  it("holds the name without what shells and lists of names would misread, and the beginning of the id", () => {
    const named: Pick<TaskManifest, "name" | "id"> = { name: "a b,c", id: `0123456789${"a".repeat(54)}` };
    expect(jobName(named)).toBe("a_b_c-01234567");
  });
});

describe("describeTask", () => {
  it("names what is encoded, or how many cells there are", () => {
    expect(describeTask(encodeTask())).toBe("encode hashed on library: document 0-4, rewrites 0-2");
    expect(describeTask(cellsTask(["a", "b"], []))).toBe("2 cells of library");
  });
});
