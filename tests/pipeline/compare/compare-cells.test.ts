import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { ExperimentResult } from "../../../harness/domain/result.ts";
import { temporaryFolder } from "../../temporary-folder.ts";
import { edit, filesBelow, type Lab, openLab, runLab } from "../workspace.ts";

const folder = temporaryFolder();

async function resultOf(lab: Lab): Promise<ExperimentResult> {
  return JSON.parse(await readFile(join(lab.workspace.out, "runs/small/result.json"), "utf8")) as ExperimentResult;
}
const reportOf = (lab: Lab) => readFile(join(lab.workspace.out, "reports/small/report.md"), "utf8");

describe("compareCells", () => {
  it("compares every retriever with its base in every measure, at the declared alpha", async () => {
    const lab = await openLab(folder.path("rows"));
    await runLab(lab);
    const { comparison, cells } = await resultOf(lab);
    expect(comparison?.rows.map(({ measure, retriever }) => `${measure} ${retriever}`)).toEqual(
      ["nDCG@10", "R@100", "RR@10"].flatMap((measure) =>
        ["bm25", "hashed", "both"].map((name) => `${measure} ${name}`),
      ),
    );
    for (const { retriever, measure, comparison: own, familySize } of comparison?.rows ?? []) {
      const valueAt = (alpha: number | null) =>
        cells.find((cell) => cell.retriever === retriever && cell.alpha === alpha)?.values[measure] ?? Number.NaN;
      expect(own?.meanA).toBeCloseTo(valueAt(0.5), 12);
      expect(own?.meanB).toBeCloseTo(valueAt(null), 12);
      expect(own).toMatchObject({ n: 3, randomization: { exact: true } });
      expect(familySize).toBe(3);
    }
    expect(await reportOf(lab)).toContain("corrected by Holm over the comparisons of one measure (3 tests)");
  });

  it("takes a comparison of the same values from the result that is there, and no changed one", async () => {
    const lab = await openLab(folder.path("known"));
    await runLab(lab);
    const first = await filesBelow(lab.workspace.out);
    const before = await resultOf(lab);
    await runLab(lab);
    expect(await filesBelow(lab.workspace.out)).toEqual(first);
    // a changed p value does not survive: the result's id tells
    const path = join(lab.workspace.out, "runs/small/result.json");
    const p = before.comparison?.rows[0]?.pCorrected;
    await writeFile(path, (await readFile(path, "utf8")).replace(`"pCorrected": ${p}`, '"pCorrected": 0.001'));
    await runLab(lab);
    expect(await filesBelow(lab.workspace.out)).toEqual(first);
  });

  it("is made anew when the declaration changes", async () => {
    const lab = await openLab(folder.path("declared"));
    await runLab(lab);
    const before = (await resultOf(lab)).comparison;
    await edit(lab.file, "comparison: {alpha: 0.5}", "comparison: {alpha: 0, correction: none, wilcoxon: true}");
    const { work } = await runLab(lab);
    expect(work).toMatchObject({ scored: 0, evaluated: 0 });
    const after = (await resultOf(lab)).comparison;
    expect(after?.key).not.toBe(before?.key);
    expect(after?.rows[0]?.pCorrected).toBe(after?.rows[0]?.comparison?.pRandomization);
    expect(after?.rows[0]?.comparison?.pWilcoxon).not.toBeNull();
    expect(await reportOf(lab)).toContain("Wilcoxon p");
  });

  it("cross-fits alpha where none is declared, and claims that", async () => {
    const experiment = (await readFile((await openLab(folder.path("plain"))).file, "utf8")).replace(
      "comparison: {alpha: 0.5}\n",
      "",
    );
    const lab = await openLab(folder.path("cross-fitted"), { experiment });
    await runLab(lab);
    const { comparison, declaredAlpha } = await resultOf(lab);
    expect(declaredAlpha).toBeNull();
    const [row] = comparison?.rows ?? [];
    // three queries make three folds
    expect(row?.crossFitted?.alphas).toHaveLength(3);
    expect(row?.comparison?.meanA).toBe(row?.crossFitted?.mean);
    const report = await reportOf(lab);
    expect(report).toContain("SPIKE cross-fitted");
    expect(report).not.toContain("No alpha was declared");
  });

  it("is null without scenarios", async () => {
    const experiment = `version: 1
name: small
matrix: {retriever: [bm25], dataset: [library]}
`;
    const lab = await openLab(folder.path("base"), { experiment });
    await runLab(lab);
    expect((await resultOf(lab)).comparison).toBeNull();
    expect([...(await filesBelow(lab.workspace.out)).keys()]).not.toContain("reports/small/comparisons.csv");
  });
});
