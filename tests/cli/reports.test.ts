import type { ChildProcess } from "node:child_process";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { filesBelow, openLab } from "../pipeline/workspace.ts";
import { expectValidResult } from "../result-schema.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { spikebench } from "./resident-command.ts";
import { spikebench as startSpikebench } from "./spikebench.ts";

const folder = temporaryFolder();
const lab = () => folder.path("lab");
const at = () => ({ cwd: lab() });
const RESULT = "runs/small/result.json";

beforeAll(async () => {
  await openLab(lab());
  const { code } = await spikebench(["run", "experiment.yaml", "--data", "library=data"], at());
  expect(code).toBe(0);
});

describe("spikebench report", () => {
  it("writes the pages again and says where", async () => {
    const before = await filesBelow(join(lab(), "reports"));
    const { code, stdout } = await spikebench(["report", RESULT], at());
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${join(lab(), "reports", "small")}\n` });
    expect(await filesBelow(join(lab(), "reports"))).toEqual(before);
  });

  it("writes for other tools", async () => {
    const { code, stdout } = await spikebench(["report", RESULT, "--format", "mteb,ir-metadata"], at());
    expect(code).toBe(0);
    expect(stdout.trim().split("\n")).toEqual([
      `${join(lab(), "reports", "small", "mteb", "results")}: 24 files for mteb`,
      "runs/small: 12 files for ir-metadata",
    ]);
  });

  it("says in one line what is wrong with a file", async () => {
    const { code, stderr } = await spikebench(["report", "experiment.yaml"], at());
    expect(code).toBe(2);
    expect(stderr).toMatch(/^spikebench: experiment\.yaml: .* \[DATA_INVALID\]\n$/);
  });
});

describe("spikebench show", () => {
  it("shows a query in the terminal, or as JSON", async () => {
    const table = await spikebench(["show", RESULT, "q1", "--retriever", "bm25"], at());
    expect(table.code).toBe(0);
    expect(table.stdout).toContain("bm25 on library, scenarios rewrites, alpha 0.5");
    const json = await spikebench(["show", RESULT, "q1", "--alpha", "1", "--hits", "1", "--format", "json"], at());
    expect(JSON.parse(json.stdout)).toMatchObject({
      query: "q1",
      systems: [{ spike: { alpha: 1, hits: { length: 1 } } }, {}, {}],
    });
  });

  it.each([
    { args: ["q9"], says: "Did you mean `q1`?" },
    { args: ["some other query"], says: "It has 3, such as q1, q2, q3." },
    { args: ["q1", "--alpha", "2"], says: "--alpha" },
    { args: ["q1", "--hits", "0"], says: "--hits" },
  ])("says what is wrong with $args", async ({ args, says }) => {
    const { code, stdout, stderr } = await spikebench(["show", RESULT, ...args], at());
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(says);
  });
});

describe("spikebench schema --result", () => {
  it("prints the schema that the result is valid by", async () => {
    const { stdout } = await spikebench(["schema", "--result"], at());
    expect(JSON.parse(stdout)).toMatchObject({ title: "spikebench result" });
    expectValidResult(await readFile(join(lab(), RESULT), "utf8"));
  });
});

describe("spikebench open", () => {
  /** Runs it until `use` is done with its address, then ends it as Ctrl-C does. */
  async function opened(args: readonly string[], use: (url: string) => Promise<void>) {
    let used: Promise<void> = Promise.reject(new Error("it printed no address"));
    used.catch(() => undefined);
    function watch(child: ChildProcess): void {
      child.stdout?.once("data", (text: string) => {
        used = use(text.trim()).finally(() => child.kill("SIGINT"));
        used.catch(() => undefined);
      });
    }
    const ended = await startSpikebench(["open", ...args], { ...at(), watch });
    await used;
    return ended;
  }

  it("serves a report on the loopback address until it is stopped", async () => {
    const { code, signal } = await opened(["small"], async (url) => {
      expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/small\/$/);
      const report = await fetch(new URL("report.md", url));
      expect(await report.text()).toBe(await readFile(join(lab(), "reports/small/report.md"), "utf8"));
      expect((await fetch(new URL("/..%2f..%2fexperiment.yaml", url))).status).toBe(404);
    });
    expect({ code, signal }).toEqual({ code: 0, signal: null });
  });

  it("lists all reports without a name", async () => {
    const { code } = await opened([], async (url) => {
      expect(await (await fetch(url)).text()).toContain('href="./small/"');
    });
    expect(code).toBe(0);
  });

  it("says which reports there are, or that there are none", async () => {
    const wrong = await spikebench(["open", "smal"], at());
    expect(wrong).toMatchObject({ code: 2, stdout: "", stderr: expect.stringContaining("Did you mean `small`?") });
    const none = await spikebench(["open", "--out", "nowhere"], at());
    expect(none).toMatchObject({ code: 2, stderr: expect.stringContaining("[FILE_MISSING]") });
  });
});

describe("spikebench init", () => {
  it("writes a file that `validate` finds valid, and nothing twice", async () => {
    await mkdir(folder.path("new"));
    const here = { cwd: folder.path("new") };
    expect(await spikebench(["init"], here)).toMatchObject({ code: 0, stdout: "runs/sweep.yaml\n" });
    expect(await spikebench(["validate", "runs/sweep.yaml"], here)).toMatchObject({ code: 0 });
    expect(await spikebench(["init"], here)).toMatchObject({ code: 2, stderr: expect.stringContaining("--force") });
    expect(await spikebench(["init", "--force"], here)).toMatchObject({ code: 0 });
  });
});

describe("spikebench doctor", () => {
  const offline = { HF_HUB_OFFLINE: "1", HOME: "/nonexistent" };

  it("prints a line a check and exits 0 where nothing failed", async () => {
    const { code, stdout } = await spikebench(["doctor", "experiment.yaml"], { ...at(), env: offline });
    expect(code).toBe(0);
    for (const line of stdout.trim().split("\n")) expect(line).toMatch(/^(ok|warn) {2,4}[a-z]/);
    expect(stdout).toMatch(/^ok {4}run file +experiment\.yaml is valid$/m);
  });

  it("exits 2 where something failed, and prints JSON when asked", async () => {
    const { code, stdout, stderr } = await spikebench(["doctor", "scenarios.jsonl", "--format", "json"], {
      ...at(),
      env: offline,
    });
    expect(code).toBe(2);
    expect(stderr).toMatch(/\[NOT_READY\]\n$/);
    expect(JSON.parse(stdout)).toContainEqual(expect.objectContaining({ name: "run file", state: "fail" }));
  });
});

describe("spikebench completion", () => {
  it("prints a script for bash or zsh, which asks for what comes next", async () => {
    expect((await spikebench(["completion"], { ...at(), env: { SHELL: "/bin/bash" } })).stdout).toContain(
      "complete -o",
    );
    expect((await spikebench(["completion"], { ...at(), env: { SHELL: "/bin/zsh" } })).stdout).toContain(
      "#compdef spikebench",
    );
    const { stdout } = await spikebench(["--get-yargs-completions", "spikebench", "cache", ""], at());
    expect(stdout.trim().split("\n")).toEqual(expect.arrayContaining(["ls", "du", "verify", "prune"]));
  });
});
