import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { spikebench } from "../cli/spikebench.ts";
import { describeWithData } from "../real-data.ts";

const root = resolve(import.meta.dirname, "../..");
let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "spikebench-gate-"));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

const env = () => ({ SPIKEBENCH_CACHE: join(folder, "cache") });
const baselineOf = (name: string) => join(root, "reports/baselines", `${name}.json`);

async function run(file: string, out: string, data: readonly string[] = []): Promise<string> {
  const ended = await spikebench(["run", file, "--out", out, ...data], { cwd: root, env: env() });
  expect(ended).toMatchObject({ code: 0 });
  return join(out, "runs");
}

describe("the demonstration", () => {
  it("passes its own gate, and leaves what a workflow reads", async () => {
    const result = join(await run("runs/quickstart.yaml", folder), "quickstart/result.json");
    const files = Object.fromEntries(["junit", "summary", "step", "output"].map((name) => [name, join(folder, name)]));
    for (const name of ["step", "output"]) await writeFile(files[name] ?? "", "before\n");
    const args = ["gate", result, "--baseline", baselineOf("quickstart")];
    const ended = await spikebench([...args, "--junit", files["junit"] ?? "", "--summary", files["summary"] ?? ""], {
      cwd: root,
      env: { ...env(), GITHUB_STEP_SUMMARY: files["step"] ?? "", GITHUB_OUTPUT: files["output"] ?? "" },
    });
    expect(ended).toMatchObject({ code: 0, stderr: "" });
    expect(ended.stdout).toContain("gate quickstart: pass. 72 of 72 checks passed");
    const summary = await readFile(files["summary"] ?? "", "utf8");
    expect(await readFile(files["step"] ?? "", "utf8")).toBe(`before\n${summary}`);
    expect(await readFile(files["output"] ?? "", "utf8")).toMatch(/^before\nverdict=pass\npass=72\n/);
    expect(await readFile(files["junit"] ?? "", "utf8")).toContain('tests="72" failures="0" errors="0"');
  });
});

describeWithData("SciFact, BM25", "beir/scifact", (data) => {
  const flags = ["--data", `beir/scifact=${data}`];

  it("passes beside the baseline in the repository", async () => {
    const result = join(await run("runs/scifact.yaml", join(folder, "same"), flags), "scifact/result.json");
    const ended = await spikebench(["gate", result, "--baseline", baselineOf("scifact")], { cwd: root, env: env() });
    expect(ended).toMatchObject({ code: 0, stderr: "" });
  });

  it("does not pass with a k1 that costs 0.05 of nDCG@10, and says so in the workflow", async () => {
    const file = join(folder, "planted.yaml");
    const text = await readFile(join(root, "runs/scifact.yaml"), "utf8");
    await writeFile(file, text.replace("matrix:", "retrievers: {bm25: {kind: bm25, k1: 16}}\nmatrix:"));
    const result = join(await run(file, join(folder, "planted"), flags), "scifact/result.json");
    const args = ["gate", result, "--baseline", baselineOf("scifact"), "--format", "json"];
    const ended = await spikebench(args, { cwd: root, env: { ...env(), GITHUB_ACTIONS: "true" } });
    expect(ended.code).toBe(3);
    expect(ended.stderr).toMatch(/^::error title=regress%3A beir%252Fscifact@bm25 nDCG@10::/);
    expect(ended.stderr).toMatch(/\nspikebench: .* regressed\. \[GATE_REGRESSED\]\n$/);
    const { checks } = JSON.parse(ended.stdout) as {
      checks: { verdict: string; baseline: number; candidate: number }[];
    };
    expect(checks[0]?.verdict).toBe("regress");
    expect((checks[0]?.candidate ?? 0) - (checks[0]?.baseline ?? 0)).toBeCloseTo(-0.05, 2);
  });
});
