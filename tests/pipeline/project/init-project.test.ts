import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { readPack } from "../../../harness/pipeline/compare/published-pack.ts";
import { initProject } from "../../../harness/pipeline/project/init-project.ts";
import { planExperiment } from "../../../harness/plan/plan-experiment.ts";
import { parseExperiment } from "../../../harness/spec/parse-experiment.ts";
import { parseYaml } from "../../../harness/storage/yaml-source.ts";
import { temporaryFolder } from "../../temporary-folder.ts";
import { filesBelow } from "../workspace.ts";

const folder = temporaryFolder();
const options = (at: string, more: object = {}) => ({ folder: folder.path(at), name: "mine", force: false, ...more });

async function planOf(path: string) {
  return planExperiment(parseExperiment(await readFile(path, "utf8"), path));
}

describe("initProject", () => {
  it("writes a run file that is valid and sweeps alpha", async () => {
    expect(await initProject("sweep", options("sweep"))).toEqual(["runs/mine.yaml"]);
    const plan = await planOf(folder.path("sweep/runs/mine.yaml"));
    expect(plan.name).toBe("mine");
    // three retrievers alone and at eleven alphas
    expect(plan.cells).toHaveLength(3 * (1 + 11));
  });

  it("writes a pack with the run file that it names", async () => {
    await initProject("reproduce", options("reproduce"));
    const pack = await readPack(folder.path("reproduce/reports/published/mine.yaml"), []);
    expect(pack.runFile).toBe(folder.path("reproduce/runs/mine.yaml"));
    const plan = await planOf(pack.runFile ?? "");
    expect(plan.cells.map(({ axes }) => axes.dataset)).toEqual(Object.keys(pack.datasets));
  });

  it("writes a workflow that runs the run file and gates its result", async () => {
    const [runFile = "", workflow = ""] = await initProject("gate", options("gate"));
    expect([runFile, workflow]).toEqual(["runs/mine.yaml", ".github/workflows/mine.yml"]);
    const { value } = parseYaml(await readFile(folder.path(`gate/${workflow}`), "utf8"), workflow, () => false);
    const steps = JSON.stringify(value);
    expect(steps).toContain("npx spikebench run runs/mine.yaml");
    expect(steps).toContain("gate runs/mine/result.json --baseline reports/baselines/mine.json");
    expect((await planOf(folder.path(`gate/${runFile}`))).name).toBe("mine");
  });

  it("writes over nothing unless it is told to", async () => {
    await initProject("sweep", options("twice"));
    const before = await filesBelow(folder.path("twice"));
    await expect(initProject("reproduce", options("twice"))).rejects.toMatchObject({ code: "USAGE" });
    expect(await filesBelow(folder.path("twice"))).toEqual(before);
    await initProject("reproduce", options("twice", { force: true }));
    expect([...(await filesBelow(folder.path("twice"))).keys()]).toContain("reports/published/mine.yaml");
  });

  it.each(["..", "a/b", "a b", "", "a,b", ".hidden", "C:"])("refuses the name %j", async (name) => {
    await expect(initProject("sweep", options("names", { name }))).rejects.toMatchObject({ code: "USAGE" });
    expect((await filesBelow(folder.path("names"))).size).toBe(0);
  });
});
