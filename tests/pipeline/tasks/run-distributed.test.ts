import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { throwIfFailed } from "../../../harness/pipeline/reports/write-reports.ts";
import { runTask } from "../../../harness/pipeline/tasks/run-task.ts";
import { stagesOf } from "../../../harness/tasks/task-manifest.ts";
import { temporaryFolder } from "../../temporary-folder.ts";
import { distribute, results, tasksOf } from "../task-lab.ts";
import { cellFile, cellTimes, edit, filesBelow, type Lab, openLab, runLab } from "../workspace.ts";

const folder = temporaryFolder();
describe("runDistributed", () => {
  it("makes the very files that a run in one process makes", async () => {
    const here = await openLab(folder.path("here"));
    await runLab(here);
    const there = await openLab(folder.path("there"));
    const { run, started } = await distribute(there);
    // 6 documents, 6 scenarios of documents that there are, and 3 queries, by 4; two searches; one merged retriever
    expect(started).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(await results(there)).toEqual(await results(here));
    expect(run.work).toEqual({ encoded: 6 + 6 + 3, scored: 12, evaluated: 12, cached: 0 });
    expect(run.encoding.map(({ retriever, texts }) => [retriever, texts])).toEqual([["hashed", 15]]);
  });

  it("starts nothing when every cell is there, also when a run in one process made them", async () => {
    const lab = await openLab(folder.path("nothing"));
    await runLab(lab);
    const before = await cellTimes(lab);
    const { started, run } = await distribute(lab);
    expect(started).toEqual([]);
    expect(run.work).toEqual({ encoded: 0, scored: 0, evaluated: 0, cached: 12 });
    expect(await cellTimes(lab)).toEqual(before);
  });

  it("makes only the cells that are missing, and encodes nothing for them that is encoded", async () => {
    const lab = await openLab(folder.path("one"));
    await runLab(lab);
    await rm(join(lab.workspace.out, "runs", "small", "library@bm25"), { recursive: true });
    const { started, run } = await distribute(lab);
    expect(started).toHaveLength(1);
    expect(run.work).toMatchObject({ encoded: 0, scored: 1, cached: 11 });
  });

  it("makes a cell anew whose run file was damaged", async () => {
    const lab = await openLab(folder.path("damaged"));
    await runLab(lab);
    const expected = await results(lab);
    await writeFile(cellFile(lab, "hashed", "run.trec.gz"), "damaged");
    const { run } = await distribute(lab);
    expect(run.work).toMatchObject({ scored: 1, cached: 11 });
    expect(await results(lab)).toEqual(expected);
  });

  it("evaluates cells anew when a measure came along, from the run files that are there", async () => {
    const lab = await openLab(folder.path("measures"));
    await runLab(lab);
    const kept = await readFile(cellFile(lab, "hashed", "run.trec.gz"));
    await edit(lab.file, "RR@10]", "RR@10, P@1]");
    const { run } = await distribute(lab);
    expect(run.work).toMatchObject({ evaluated: 12, cached: 0 });
    expect(await readFile(cellFile(lab, "hashed", "run.trec.gz"))).toEqual(kept);
  });

  it("shows failed cells as a run in one process does that goes on, and makes all others", async () => {
    async function obstructed(name: string): Promise<Lab> {
      const lab = await openLab(folder.path(name));
      await mkdir(join(lab.workspace.out, "runs", "small"), { recursive: true });
      await writeFile(join(lab.workspace.out, "runs", "small", "library@bm25"), "in the way");
      return lab;
    }
    const here = await obstructed("failing-here");
    await runLab(here, { keepGoing: true });
    const there = await obstructed("failing-there");
    const { reports, started } = await distribute(there, { attempts: 2 });
    expect(reports.failed).toBe(4 + 4);
    expect(() => throwIfFailed(reports)).toThrow(expect.objectContaining({ code: "CELLS_FAILED", exitCode: 1 }));
    expect(await results(there)).toEqual(await results(here));
    const { manifest, files } = await tasksOf(there);
    const bm25 = manifest.tasks.findIndex((task) => task.stage === "cells" && task.cells.includes("library@bm25"));
    expect(started.filter((number) => number === bm25)).toHaveLength(2);
    expect(await readFile(files.failure(bm25), "utf8")).toContain("NOT_WRITABLE");
    await rm(join(there.workspace.out, "runs", "small", "library@bm25"));
    const mended = await distribute(there);
    expect(mended.reports.failed).toBe(0);
    expect(mended.run.work).toMatchObject({ scored: 8, cached: 4 });
  });

  it("leaves neither half-written files of killed tasks nor attempts", async () => {
    const lab = await openLab(folder.path("leftovers"));
    const path = cellFile(lab, "bm25", "run.trec.gz");
    await mkdir(join(path, ".."), { recursive: true });
    await writeFile(`${path}.elsewhere.12.0123abcd.tmp`, "half");
    await distribute(lab);
    const names = [...(await filesBelow(lab.folder)).keys()];
    expect(names.filter((name) => name.endsWith(".tmp") || name.includes("submissions"))).toEqual([]);
  });
});

describe("a manifest", () => {
  it("needs earlier tasks only, and names every cell once", async () => {
    const { manifest } = await tasksOf(await openLab(folder.path("manifest")));
    for (const [number, { needs }] of manifest.tasks.entries()) {
      expect(needs.every((need) => need < number)).toBe(true);
    }
    const cells = manifest.tasks.flatMap((task) => (task.stage === "cells" ? task.cells : []));
    expect([...cells].sort()).toEqual(Object.keys(manifest.cells).sort());
    expect(stagesOf(manifest).map(({ name, first, end }) => [name, end - first])).toEqual([
      ["encode", 4],
      ["cells", 2],
      ["cells", 1],
    ]);
  });

  it("is kept as it is as long as the run and the division are the same", async () => {
    const lab = await openLab(folder.path("kept"));
    const { files, manifest } = await tasksOf(lab);
    const text = await readFile(files.manifest, "utf8");
    await writeFile(files.manifest, text.replace('"end": 4', '"end": 3'));
    const again = await tasksOf(lab);
    expect(again.manifest.tasks).not.toEqual(manifest.tasks);
    expect((await tasksOf(lab, { textsPerTask: 5 })).files.folder).not.toBe(files.folder);
  });

  it("puts small searches of a dataset together", async () => {
    const { manifest } = await tasksOf(await openLab(folder.path("packed")), { cellsPerTask: 5, textsPerTask: 100 });
    expect(manifest.tasks.map((task) => (task.stage === "cells" ? task.cells.length : task.stage))).toEqual([
      "encode",
      8,
      4,
    ]);
  });
});

describe("runTask", () => {
  it("does not do again what is there", async () => {
    const lab = await openLab(folder.path("again"));
    const { manifest, files } = await tasksOf(lab);
    const run = (number: number) => runTask({ manifest, path: files.manifest, number }, lab.workspace);
    expect(await run(0)).toBe("task 0: done; 4 texts encoded.");
    expect(await run(0)).toBe("task 0: its results are there already.");
  });

  it("may run several times at once", async () => {
    const alone = await openLab(folder.path("alone"));
    await runLab(alone);
    const lab = await openLab(folder.path("at-once"));
    const { manifest, files } = await tasksOf(lab);
    for (const { first, end } of stagesOf(manifest)) {
      const numbers = Array.from({ length: end - first }, (_, at) => first + at);
      const twice = [...numbers, ...numbers];
      await Promise.all(twice.map((number) => runTask({ manifest, path: files.manifest, number }, lab.workspace)));
    }
    await distribute(lab);
    expect(await results(lab)).toEqual(await results(alone));
  });

  it("makes the vectors that a task before it has not made", async () => {
    const lab = await openLab(folder.path("by-itself"));
    const { manifest, files } = await tasksOf(lab);
    const number = manifest.tasks.findIndex((task) => task.stage === "cells" && task.cells.includes("library@hashed"));
    expect(await runTask({ manifest, path: files.manifest, number }, lab.workspace)).toBe(
      `task ${number}: done; 15 texts encoded.`,
    );
  });

  it("refuses data that changed since", async () => {
    const lab = await openLab(folder.path("changed"));
    const { manifest, files } = await tasksOf(lab);
    const corpus = join(lab.folder, "data", "corpus.jsonl");
    await edit(corpus, "Osmosis", "Diffusion");
    const number = manifest.tasks.findIndex(({ stage }) => stage === "cells");
    const run = runTask({ manifest, path: files.manifest, number }, lab.workspace);
    await expect(run).rejects.toMatchObject({ code: "DATA_INVALID" });
    expect(await readFile(files.error(number), "utf8")).toContain("DATA_INVALID");
  });
});
