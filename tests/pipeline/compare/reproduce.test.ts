import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { readPack } from "../../../harness/pipeline/compare/published-pack.ts";
import { reproduce, throwUnlessReproduced } from "../../../harness/pipeline/compare/reproduce.ts";
import { renderReproduction } from "../../../harness/report/reproduction.ts";
import { temporaryFolder } from "../../temporary-folder.ts";
import { LIBRARY, openLab, runLab } from "../workspace.ts";

const folder = temporaryFolder();
let result = "";
let found = 0;
beforeAll(async () => {
  const lab = await openLab(folder.path("lab"));
  const { cells } = await runLab(lab);
  found = cells.find(({ system }) => system === "hashed")?.values["nDCG@10"] ?? Number.NaN;
  result = join(lab.workspace.out, "runs/small/result.json");
});

const pack = (figure: string, more = "") => `version: 1
title: T
source: S
digits: 3
okish: 0.01
policy: {recall: standard}
${more}figures:
  - ${figure}
`;

async function check(text: string) {
  return await reproduce(await readPack(await folder.write("pack.yaml", text), []), result);
}
const figureOf = (value: number, measure = "nDCG@10") =>
  `{retriever: hashed, measure: ${measure}, values: {library: ${value}}}`;

describe("reproduce", () => {
  it.each([
    { off: 0, verdict: "OK" },
    { off: 0.008, verdict: "OKish" },
    { off: 0.02, verdict: "FAIL" },
  ])("says $verdict of a figure that is $off off", async ({ off, verdict }) => {
    const [figure] = (await check(pack(figureOf(Number((found - off).toFixed(3)))))).figures;
    expect(figure?.verdict).toBe(verdict);
    expect(figure?.obtained).toBe(found);
  });

  it("ends a failure with exit code 5, and nothing else", async () => {
    const failed = await check(pack(figureOf(Number((found - 0.02).toFixed(3)))));
    expect(() => throwUnlessReproduced(failed)).toThrow(
      expect.objectContaining({ code: "REPRODUCE_FAILED", exitCode: 5 }),
    );
    expect(() => throwUnlessReproduced({ ...failed, figures: [] })).not.toThrow();
    expect(await renderReproduction(failed)).toMatch(/│ hashed +│ library │ nDCG@10 │ .* │ +\+0\.0\d+ │ FAIL │/);
  });

  it.each([
    {
      why: "policy",
      text: () => pack(figureOf(0.5)).replace("recall: standard", "recall: capped"),
      field: "policy.recall: standard instead of capped",
    },
    {
      why: "documents",
      text: () => pack(figureOf(0.5), "datasets: {library: {documents: 99}}\n"),
      field: `library documents: ${LIBRARY.corpus.length} instead of 99`,
    },
    { why: "measure", text: () => pack(figureOf(0.5, "P@5")), field: "measures: no P@5" },
  ])("is not comparable under another $why, and names it", async ({ text, field }) => {
    const reproduction = await check(text());
    expect(reproduction.figures).toMatchObject([{ verdict: "NOT-COMPARABLE", field }]);
    expect(() => throwUnlessReproduced(reproduction)).not.toThrow();
    expect(await renderReproduction(reproduction)).toContain(`NOT-COMPARABLE: ${field}`);
  });

  it("counts figures that the result has no cell for, and refuses a result with none", async () => {
    const other = "{retriever: other, measure: nDCG@10, values: {library: 0.5}}";
    expect((await check(`${pack(figureOf(0.5))}  - ${other}\n`)).absent).toBe(1);
    await expect(check(pack(other))).rejects.toMatchObject({ code: "DATA_INVALID", exitCode: 2 });
  });
});

describe("readPack", () => {
  it("finds a pack by name and suggests one near a mistyped name", async () => {
    await folder.write("known.yaml", pack(figureOf(0.5)));
    expect((await readPack("known", [folder.path(".")])).name).toBe("known");
    await expect(readPack("knwon", [folder.path(".")])).rejects.toMatchObject({
      code: "USAGE",
      hint: "Did you mean `known`?",
    });
  });

  it("refuses a figure above 1, with the place: percentages are no fractions", async () => {
    const path = await folder.write("percent.yaml", pack(figureOf(67.9)));
    await expect(readPack(path, [])).rejects.toMatchObject({ code: "SPEC_INVALID", where: `${path}:8:61` });
  });
});
