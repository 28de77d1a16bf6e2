import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { blessResult } from "../../../harness/pipeline/compare/bless-result.ts";
import { type GateOptions, gateResult, throwUnlessPassed } from "../../../harness/pipeline/compare/gate-result.ts";
import { temporaryFolder } from "../../temporary-folder.ts";
import { type Lab, LIBRARY, openLab, runLab } from "../workspace.ts";

const folder = temporaryFolder();
const resultFile = (lab: Lab) => join(lab.workspace.out, "runs/small/result.json");

/** The run of another lab, beside the baseline. */
async function later(name: string, files: Parameters<typeof openLab>[1] = {}): Promise<string> {
  const lab = await openLab(folder.path(name), files);
  await runLab(lab);
  return resultFile(lab);
}

let lab: Lab;
let baseline = "";
beforeAll(async () => {
  lab = await openLab(folder.path("blessed"));
  await runLab(lab);
  baseline = await blessResult(resultFile(lab), { out: lab.workspace.out });
});

const gate = (result: string, options: Partial<GateOptions> = {}) =>
  gateResult({ result, baseline, allowInconclusive: false, ...options });
const verdicts = (checks: Awaited<ReturnType<typeof gate>>["checks"]) =>
  Object.fromEntries(checks.map(({ cell, measure, verdict }) => [`${cell} ${measure}`, verdict]));

describe("blessResult", () => {
  it("writes values, hashes and ids below reports/baselines, and no texts", async () => {
    expect(baseline).toBe(join(lab.workspace.out, "reports/baselines/small.json"));
    const text = await readFile(baseline, "utf8");
    const { schemaVersion, cells, datasets } = JSON.parse(text) as {
      schemaVersion: number;
      datasets: { queries: string[] }[];
      cells: { cell: string; values: Record<string, number[]> }[];
    };
    expect(schemaVersion).toBe(1);
    expect(datasets.map(({ queries }) => queries)).toEqual([["q1", "q2", "q3"]]);
    expect(cells).toHaveLength(12);
    expect(cells[0]?.values["nDCG@10"]).toHaveLength(3);
    for (const { text: words } of LIBRARY.queries) expect(text).not.toContain(words);
  });

  it("gives the same bytes again", async () => {
    const other = await blessResult(resultFile(lab), { out: lab.workspace.out, path: folder.path("again.json") });
    expect(await readFile(other, "utf8")).toBe(await readFile(baseline, "utf8"));
  });

  it("refuses a result with failed cells", async () => {
    const failing = await openLab(folder.path("failing"));
    await runLab(failing);
    const cell = join(failing.workspace.out, "runs/small/library@bm25");
    await rm(cell, { recursive: true });
    await writeFile(cell, "in the way");
    await runLab(failing, { keepGoing: true });
    const blessed = blessResult(resultFile(failing), { out: failing.workspace.out });
    await expect(blessed).rejects.toMatchObject({ code: "DATA_INVALID", message: expect.stringContaining("failed") });
    const report = await gate(resultFile(failing));
    const [first] = report.checks;
    expect(first).toMatchObject({ cell: "library@bm25", verdict: "regress", candidate: null });
    expect(first?.reasons.join()).toContain("the cell failed: NOT_WRITABLE");
  });
});

describe("gateResult", () => {
  it("passes a second run of the same file", async () => {
    const report = await gate(await later("same"));
    expect(new Set(report.checks.map(({ verdict }) => verdict))).toEqual(new Set(["pass"]));
    expect(report).toMatchObject({ verdict: "pass", checks: { length: 12 * 3 } });
    expect(() => throwUnlessPassed(report)).not.toThrow();
  });

  it("regresses where a floor, a tolerance or a single query breaks, by the rules that are about it", async () => {
    const rules = await folder.write(
      "rules.yaml",
      `version: 1
rules:
  - {retriever: bm25, measure: nDCG@10, floor: 1}
  - {retriever: [hashed, both], floor: 0}
`,
    );
    const report = await gate(resultFile(lab), { rules });
    const regressed = report.checks.filter(({ verdict }) => verdict === "regress");
    expect(regressed.length).toBeGreaterThan(0);
    for (const { cell, measure } of regressed) {
      expect(cell).toMatch(/^library@bm25/);
      expect(measure).toBe("nDCG@10");
    }
    expect(() => throwUnlessPassed(report)).toThrow(expect.objectContaining({ code: "GATE_REGRESSED", exitCode: 3 }));
  });

  it("regresses where a cell is missing or failed", async () => {
    const experiment = (await readFile(lab.file, "utf8")).replace("alpha: [0, 0.5, 1]", "alpha: [0.5, 1]");
    const report = await gate(await later("missing", { experiment }));
    expect(verdicts(report.checks)).toMatchObject({
      "library@bm25+rewrites+alpha=0 nDCG@10": "regress",
      "library@bm25+rewrites+alpha=0.5 nDCG@10": "pass",
    });
    expect(report.verdict).toBe("regress");
  });

  it("finds a baseline of other judgements stale, and one under another policy incomparable", async () => {
    const qrels = LIBRARY.qrels.map(([query, doc]) => [query, doc, 1] as const);
    const stale = await gate(await later("judged-anew", { dataset: { ...LIBRARY, qrels } }));
    expect(new Set(stale.checks.map(({ verdict }) => verdict))).toEqual(new Set(["stale"]));
    expect(stale.checks[0]?.reasons.join()).toContain("other judgements");
    expect(() => throwUnlessPassed(stale)).toThrow(expect.objectContaining({ code: "GATE_UNDECIDED", exitCode: 4 }));
    expect(() => throwUnlessPassed({ ...stale, allowInconclusive: true })).not.toThrow();
    const experiment = `${await readFile(lab.file, "utf8")}policy: {recall: capped}\n`;
    const other = await gate(await later("other-policy", { experiment }));
    expect(new Set(other.checks.map(({ verdict }) => verdict))).toEqual(new Set(["incomparable"]));
  });

  it("finds a cell that nobody blessed stale", async () => {
    const experiment = (await readFile(lab.file, "utf8")).replace("alpha: [0, 0.5, 1]", "alpha: [0, 0.25, 0.5, 1]");
    const report = await gate(await later("more", { experiment }));
    expect(verdicts(report.checks)["library@bm25+rewrites+alpha=0.25 R@100"]).toBe("stale");
    expect(report.checks.filter(({ verdict }) => verdict !== "pass")).toHaveLength(3 * 3);
    expect(report.verdict).toBe("inconclusive");
  });

  it.each([
    { why: "was changed by hand", from: '"small"', to: '"large"', code: "BASELINE_EDITED", exitCode: 2 },
    {
      why: "has another schema version",
      from: '"schemaVersion": 1',
      to: '"schemaVersion": 9',
      code: "BASELINE_STALE",
      exitCode: 4,
    },
    { why: "is none", from: '"sha256"', to: '"sha1"', code: "DATA_INVALID", exitCode: 2 },
  ])("refuses a baseline that $why", async ({ from, to, code, exitCode }) => {
    const text = await readFile(baseline, "utf8");
    expect(text).toContain(from);
    const path = await folder.write("edited.json", text.replace(from, to));
    await expect(gate(resultFile(lab), { baseline: path })).rejects.toMatchObject({ code, exitCode });
  });

  it.each([
    { why: "a rule about nothing", text: "version: 1\nrules:\n  - {retriever: bm52, floor: 0.5}\n", where: ":3:" },
    { why: "an unknown key", text: "version: 1\nfloors: 0.5\n", where: ":2:" },
    { why: "a fraction above 1", text: "version: 1\nmargin: 2\n", where: ":2:" },
  ])("refuses $why, with the place", async ({ text, where }) => {
    const rules = await folder.write("bad-rules.yaml", text);
    await expect(gate(resultFile(lab), { rules })).rejects.toMatchObject({
      code: "SPEC_INVALID",
      where: expect.stringContaining(`bad-rules.yaml${where}`),
    });
  });
});
