import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { mtebValues } from "../../../harness/pipeline/compare/peer-values.ts";
import { exportResult } from "../../../harness/pipeline/reports/export-result.ts";
import { parseYaml } from "../../../harness/storage/yaml-source.ts";
import { temporaryFolder } from "../../temporary-folder.ts";
import { filesBelow, openLab, runLab } from "../workspace.ts";

const folder = temporaryFolder();

async function ranLab(name: string) {
  const lab = await openLab(folder.path(name));
  const { run } = await runLab(lab);
  return { lab, layout: run.layout, options: { out: lab.workspace.out, cardFolders: [folder.path("cards")] } };
}

describe("exportResult", () => {
  it("writes values that `compare` reads back from mteb's layout", async () => {
    const { layout, options } = await ranLab("mteb");
    const exported = await exportResult(layout.resultFile, "mteb", options);
    // twelve systems with a task and a model card each
    expect(exported).toEqual({ folder: join(layout.reportFolder, "mteb", "results"), files: 2 * 12 });
    const path = join(exported.folder, "spikebench__bm25+rewrites+alpha=0.5", "no_revision_available", "library.json");
    const { means } = mtebValues(await readFile(path, "utf8"), path);
    const result = JSON.parse(await readFile(layout.resultFile, "utf8"));
    const cell = result.cells.find(({ system }: { system: string }) => system === "bm25+rewrites+alpha=0.5");
    expect(Object.fromEntries(means)).toEqual(cell.values);
  });

  it("files a dataset under the task of its card, unless it is only a part of it", async () => {
    const card = "format: {kind: beir}\nsummary: s\nmteb: {task: Library, split: dev}\n";
    const { layout, options } = await ranLab("cards-used");
    await mkdir(folder.path("cards"), { recursive: true });
    const tasks = async () => {
      await rm(join(layout.reportFolder, "mteb"), { recursive: true, force: true });
      const { folder: written } = await exportResult(layout.resultFile, "mteb", options);
      return [...(await filesBelow(join(written, "spikebench__bm25"))).keys()];
    };
    await folder.write("cards/library.yaml", `${card}counts: {documents: 6, queries: 3}\n`);
    expect(await tasks()).toContain("no_revision_available/Library.json");
    await folder.write("cards/library.yaml", `${card}counts: {documents: 60, queries: 3}\n`);
    expect(await tasks()).toContain("no_revision_available/library.json");
  });

  it("writes a sidecar beside every run, the same bytes every time", async () => {
    const { layout, options } = await ranLab("metadata");
    expect(await exportResult(layout.resultFile, "ir-metadata", options)).toEqual({ folder: layout.folder, files: 12 });
    const { metadata } = layout.cell("library@both+rewrites+alpha=0.5");
    expect(metadata).toBe(join(layout.folder, "library@both+rewrites+alpha=0.5", "run.trec.ir_metadata.yaml"));
    const text = await readFile(metadata, "utf8");
    expect(text).toMatch(/^# ir_metadata\.start\n.*# ir_metadata\.end\n$/s);
    expect(text).not.toMatch(/[&*]a1/);
    expect(parseYaml(text, metadata, () => false).value).toMatchObject({
      tag: "both+rewrites+alpha=0.5",
      method: {
        retrieval: [{ weight: 0.5 }, { weight: 0.5 }, {}, { weight: 0.5 }, { weight: 0.5 }, {}, { name: "both" }],
      },
    });
    await exportResult(layout.resultFile, "ir-metadata", options);
    expect(await readFile(metadata, "utf8")).toBe(text);
  });

  it("refuses a cell whose manifest is gone", async () => {
    const { layout, options } = await ranLab("gone");
    await rm(layout.cell("library@bm25").manifest);
    await expect(exportResult(layout.resultFile, "mteb", options)).rejects.toMatchObject({ code: "DATA_INVALID" });
  });
});
