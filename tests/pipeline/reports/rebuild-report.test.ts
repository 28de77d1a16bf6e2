import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseFormats, rebuildReport } from "../../../harness/pipeline/reports/rebuild-report.ts";
import { PAGE_FORMATS } from "../../../harness/pipeline/reports/report-pages.ts";
import { hashJson } from "../../../harness/storage/content-hash.ts";
import { temporaryFolder } from "../../temporary-folder.ts";
import { EXPERIMENT, edit, filesBelow, openLab, runLab } from "../workspace.ts";

const folder = temporaryFolder();
const all = { formats: PAGE_FORMATS, allowMixed: false };

describe("rebuildReport", () => {
  it("writes the bytes that the run wrote", async () => {
    const lab = await openLab(folder.path("same"));
    const { run } = await runLab(lab);
    const reports = join(lab.workspace.out, "reports");
    const before = await filesBelow(reports);
    await rm(reports, { recursive: true });
    const written = await rebuildReport([run.layout.resultFile], { ...all, out: lab.workspace.out });
    expect(written).toBe(run.layout.reportFolder);
    expect(await filesBelow(reports)).toEqual(before);
    expect([...before.keys()]).toContain("small/report.tex");
  });

  it("writes only the formats that are asked for", async () => {
    const lab = await openLab(folder.path("some"));
    const { run } = await runLab(lab);
    const out = folder.path("elsewhere");
    await rebuildReport([run.layout.resultFile], { out, formats: ["md", "tex"], allowMixed: false });
    expect([...(await filesBelow(out)).keys()]).toEqual(["reports/small/report.md", "reports/small/report.tex"]);
  });

  it("merges results of one run file's halves into the values of the whole", async () => {
    const lab = await openLab(folder.path("whole"));
    const { run: whole } = await runLab(lab);
    const files: string[] = [];
    for (const retriever of ["bm25", "hashed"]) {
      const experiment = EXPERIMENT.replace("name: small", `name: ${retriever}`).replace(
        "retriever: [bm25, hashed, both]",
        `retriever: [${retriever}]`,
      );
      const half = await openLab(folder.path(retriever), { experiment });
      files.push((await runLab(half)).run.layout.resultFile);
    }
    const out = folder.path("merged");
    const written = await rebuildReport(files, { ...all, out });
    const lines = async (path: string) =>
      (await readFile(path, "utf8")).split("\r\n").filter((line) => !/^both/.test(line));
    expect(await lines(join(written, "report.csv"))).toEqual(await lines(whole.layout.reportFile("csv")));
    expect(await readFile(join(written, "report.md"), "utf8")).toContain("Merged from 2 results: `bm25`");
  });

  it("shows a dataset under two policies side by side where that is allowed", async () => {
    const strict = await openLab(folder.path("strict"));
    const capped = await openLab(folder.path("capped"), {
      experiment: EXPERIMENT.replace("name: small", "name: capped").concat("policy: {recall: capped}\n"),
    });
    const files = [];
    for (const lab of [strict, capped]) files.push((await runLab(lab)).run.layout.resultFile);
    const out = folder.path("mixed");
    await expect(rebuildReport(files, { ...all, out })).rejects.toMatchObject({ code: "POLICIES_DIFFER" });
    const written = await rebuildReport(files, { ...all, allowMixed: true, out });
    const csv = await readFile(join(written, "report.csv"), "utf8");
    expect(csv).toContain("bm25,library (small),q1,");
    expect(csv).toContain("bm25,library (capped),q1,");
  });

  it("refuses values that are not those of the result, results that were edited, and names that lead elsewhere", async () => {
    const lab = await openLab(folder.path("edited"));
    const { run } = await runLab(lab);
    const { resultFile } = run.layout;
    const options = { ...all, out: lab.workspace.out };
    const { id: _, ...content } = JSON.parse(await readFile(resultFile, "utf8"));
    const forged = { ...content, name: "../../elsewhere" };
    const path = await folder.write("forged.json", JSON.stringify({ ...forged, id: hashJson(forged) }));
    await expect(rebuildReport([path], options)).rejects.toMatchObject({ code: "DATA_INVALID" });
    const values = join(run.layout.folder, "library@bm25", "values.jsonl");
    await writeFile(values, (await readFile(values, "utf8")).replaceAll(":1", ":0.5"));
    await expect(rebuildReport([resultFile], options)).rejects.toMatchObject({ code: "DATA_INVALID" });
    await edit(resultFile, '"name": "small"', '"name": "large"');
    await expect(rebuildReport([resultFile], options)).rejects.toMatchObject({ code: "DATA_INVALID" });
    await expect(rebuildReport([folder.path("none.json")], options)).rejects.toMatchObject({ code: "FILE_MISSING" });
  });
});

describe("parseFormats", () => {
  it("tells pages from files for other tools, and refuses what there is not", () => {
    expect(parseFormats("md, mteb,tex")).toEqual({ pages: ["md", "tex"], exports: ["mteb"] });
    expect(parseFormats(undefined)).toEqual({ pages: PAGE_FORMATS, exports: [] });
    expect(() => parseFormats("md,docx")).toThrow(expect.objectContaining({ code: "USAGE" }));
  });
});
