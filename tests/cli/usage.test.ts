import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { filesBelow, openLab } from "../pipeline/workspace.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { spikebench } from "./resident-command.ts";
import { spikebench as startSpikebench } from "./spikebench.ts";

const folder = temporaryFolder();
const at = () => ({ cwd: folder.path(".") });

describe("spikebench --help", () => {
  it("lists the commands and exits 0", async () => {
    const { code, stdout, stderr } = await spikebench(["--help"], at());
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    for (const name of ["run", "plan", "validate", "evaluate", "compare", "gate", "list", "schema"]) {
      expect(stdout).toContain(`spikebench ${name}`);
    }
  });

  it.each([[["--help"]], [["run", "--help"]], [["--version"]]])(
    "loads no schema library and no component: %j",
    async (args) => {
      const hooks = `import { writeSync } from "node:fs";
      export async function load(url, context, next) { writeSync(2, "loads " + url + "\\n"); return next(url, context); }`;
      const preload = `import { register } from "node:module";
      register(${JSON.stringify(`data:text/javascript,${encodeURIComponent(hooks)}`)});`;
      const path = await folder.write("trace.mjs", preload);
      const { code, stderr } = await startSpikebench(args, { ...at(), node: ["--import", path] });
      const loaded = stderr.split("\n").filter((line) => line.startsWith("loads file:"));
      expect(code).toBe(0);
      expect(loaded.some((line) => line.endsWith("/dist/cli/main.js"))).toBe(true);
      const packages = loaded.flatMap((line) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(line)?.[1] ?? []);
      expect(packages).toContain("yargs");
      for (const name of ["zod", "yaml", "apache-arrow", "cli-table3", "stemmer"]) expect(packages).not.toContain(name);
      const own = loaded.flatMap((line) => /\/dist\/(.*)/.exec(line)?.[1] ?? []);
      expect(own.filter((file) => !file.startsWith("cli/") && file !== "errors.js")).toEqual([]);
    },
  );
});

describe("wrong usage", () => {
  it.each<{ readonly args: readonly string[]; readonly says: string }>([
    { args: [], says: "expected a command" },
    { args: ["frobnicate"], says: "frobnicate" },
    { args: ["frob"], says: "frob" },
    { args: ["run"], says: "need at least 1. See `spikebench run --help`" },
    { args: ["run", "a.yaml", "b.yaml"], says: "b.yaml" },
    { args: ["run", "a.yaml", "--frob"], says: "frob" },
    { args: ["run", "a.yaml", "--data"], says: "data" },
    { args: ["run", "a.yaml", "--data", "library"], says: "id=PATH" },
    { args: ["run", "a.yaml", "--out"], says: "out" },
    { args: ["run", "a.yaml", "--out="], says: "out" },
    { args: ["run", "a.yaml", "--out", "a", "--out", "b"], says: "once" },
    { args: ["run", "a.yaml", "--format", "xml"], says: "xml" },
    { args: ["run", "a.yaml", "--format"], says: "format" },
    { args: ["run", "a.yaml", "--format", "json", "--format", "table"], says: "once" },
    { args: ["run", "a.yaml", "--jobs", "0"], says: "--jobs" },
    { args: ["run", "a.yaml", "--jobs", "many"], says: "--jobs" },
    { args: ["run", "a.yaml", "--jobs", "1", "--jobs", "2"], says: "once" },
    { args: ["list"], says: "need at least 1" },
    { args: ["list", "cats"], says: "retrievers" },
    { args: ["compare", "a"], says: "need at least 2" },
    { args: ["compare", "a", "b", "--seed", "-1"], says: "--seed" },
    { args: ["compare", "a", "b", "--format", "csv"], says: "csv" },
    { args: ["report"], says: "need at least 1" },
    { args: ["report", "result.json", "--format", "docx"], says: "docx" },
    { args: ["open", "--port", "99999"], says: "--port" },
    { args: ["open", "--port", "http"], says: "--port" },
    { args: ["init", "everything"], says: "sweep" },
    { args: ["init", "--name", "../up"], says: "--name" },
    { args: ["gate"], says: "need at least 1" },
    { args: ["gate", "result.json"], says: "--baseline" },
    { args: ["gate", "bless"], says: "need at least 1" },
    { args: ["evaluate", "--qrels", "q"], says: "run" },
    { args: ["evaluate", "--qrels", "q", "--run", "a", "--run", "b"], says: "once" },
  ])("$args gives one line and exit 2", async ({ args, says }) => {
    const { code, stdout, stderr } = await spikebench(args, at());
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/^spikebench: .*[.?!] \[USAGE\]\n$/);
    expect(stderr).toContain(says);
  });
});

describe("a process of its own", () => {
  it.each([
    { args: ["run", "a.yaml", "--frob"], code: 2, stdout: "", stderr: /^spikebench: .* \[USAGE\]\n$/ },
    { args: ["list", "fusers"], code: 0, stdout: /weighted-sum/, stderr: "" },
  ])("ends with the code of $args and prints the same", async ({ args, code, stdout, stderr }) => {
    const ended = await startSpikebench(args, at());
    expect(ended).toEqual(await spikebench(args, at()));
    expect(ended).toMatchObject({ code, stdout: expect.stringMatching(stdout), stderr: expect.stringMatching(stderr) });
  });
});

describe("an error that quotes data", () => {
  it("does not steer the terminal", async () => {
    await folder.write("e.qrels", "q1 0 a 1\n");
    await folder.write("twice.run", "q\u001b[2J\u202e1 Q0 a 1 2 t\nq\u001b[2J\u202e1 Q0 a 2 1 t\n");
    const { code, stderr } = await spikebench(["evaluate", "--qrels", "e.qrels", "--run", "twice.run"], at());
    expect(code).toBe(2);
    expect(stderr).toContain("[2J");
    expect(stderr.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
  });
});

describe("what the commands print", () => {
  it("results on stdout, everything else on stderr", async () => {
    const lab = await openLab(folder.path("run"));
    const args = ["experiment.yaml", "--data", "library=data"];
    const at = { cwd: lab.folder };
    const table = await spikebench(["run", ...args, "--out", "o"], at);
    expect(table.code).toBe(0);
    expect(table.stdout).toContain("nDCG@10");
    expect(table.stdout).toBe(
      Buffer.from((await filesBelow(join(lab.folder, "o"))).get("reports/small/report.txt") ?? "", "base64").toString(),
    );
    expect(table.stderr).toContain("12 cells scored");
    const json = await spikebench(["run", ...args, "--out", "o", "--format", "json"], at);
    expect(JSON.parse(json.stdout)).toMatchObject({ name: "small", cells: { length: 12 } });
    expect(json.stderr).toContain("nothing encoded, nothing scored");
    const lines = await spikebench(["run", ...args, "--out", "o", "--format", "ndjson"], at);
    const cells = lines.stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as unknown);
    expect(cells).toEqual((JSON.parse(json.stdout) as { cells: unknown[] }).cells);
    const plan = await spikebench(["plan", ...args, "--out", "o", "--format", "json"], at);
    expect(plan).toMatchObject({ code: 0, stderr: "" });
    expect(JSON.parse(plan.stdout)).toMatchObject({ name: "small", groups: [], cells: { length: 12 } });
    expect((await spikebench(["plan", ...args, "--out", "o"], at)).stdout).toContain("hit");
  });

  it("evaluate: a table, JSON and CSV", async () => {
    await folder.write("e.qrels", "q1 0 a 1\nq2 0 a 1\n");
    await folder.write("e.run", "q1 Q0 a 1 2 t\n");
    const args = ["evaluate", "--qrels", "e.qrels", "--run", "e.run", "--measures", "RR@10 P@5", "--per-query"];
    const json = await spikebench([...args, "--format", "json"], at());
    expect(JSON.parse(json.stdout)).toEqual({
      values: { "RR@10": 1 / 2, "P@5": 1 / 5 / 2 },
      queries: { judged: 2, answered: 1, missing: 1, unjudged: 0 },
      perQuery: { q1: { "RR@10": 1, "P@5": 1 / 5 }, q2: { "RR@10": 0, "P@5": 0 } },
    });
    const csv = await spikebench([...args, "--format", "csv"], at());
    expect(csv.stdout.split(/\r?\n/)).toEqual(
      expect.arrayContaining([
        "run,dataset,query,measure,value",
        "e.run,e.qrels,q1,RR@10,1",
        "e.run,e.qrels,all,RR@10,0.5",
      ]),
    );
    expect((await spikebench(args, at())).stdout).toContain("1 missing");
    const two = await spikebench(
      ["evaluate", "--qrels", "e.qrels", "--run", "e.run", "--measures", "RR", "--measures", "AP", "--format", "json"],
      at(),
    );
    expect(JSON.parse(two.stdout)).toMatchObject({ values: { RR: 1 / 2, AP: 1 / 2 } });
  });

  it.each(["retrievers", "encoders", "datasets", "measures", "fusers", "feedback"])("list %s", async (what) => {
    const { code, stdout, stderr } = await spikebench(["list", what, "--format", "json"], at());
    const rows = JSON.parse(stdout) as { name: string; summary: string }[];
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(rows.length).toBeGreaterThan(0);
    const { stdout: text } = await spikebench(["list", what], at());
    expect(text.trim().split("\n")).toHaveLength(rows.length);
  });

  it("schema and validate", async () => {
    expect(JSON.parse((await spikebench(["schema"], at())).stdout)).toMatchObject({ title: "spikebench run file" });
    const lab = await openLab(folder.path("validate"));
    const { code, stdout } = await spikebench(["validate", "experiment.yaml"], { cwd: lab.folder });
    expect(code).toBe(0);
    expect(stdout).toContain("valid; 3 base and 9 SPIKE cells");
  });
});

describe("a reader that has enough", () => {
  it("of stdout ends the command quietly", async () => {
    const { code, stderr } = await startSpikebench(["schema"], { ...at(), watch: (child) => child.stdout?.destroy() });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  });

  it("of stderr does not end the work", async () => {
    const lab = await openLab(folder.path("no-stderr"));
    const args = ["run", "experiment.yaml", "--data", "library=data", "--format", "json"];
    const ended = await startSpikebench(args, { cwd: lab.folder, watch: (child) => child.stderr?.destroy() });
    expect(ended.code).toBe(0);
    expect(JSON.parse(ended.stdout)).toMatchObject({ cells: { length: 12 } });
  });
});
