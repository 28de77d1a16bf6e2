import { mkdir, readFile } from "node:fs/promises";
import { beforeEach, describe, expect, it } from "vitest";
import { chatStandIn } from "../llm/chat-stand-in.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { spikebench } from "./resident-command.ts";
import { spikebench as startSpikebench } from "./spikebench.ts";

const server = chatStandIn();
const temporary = temporaryFolder();
let places = 0;

beforeEach(() => server.behave({}));

async function place(): Promise<string> {
  const cwd = temporary.path(`place-${places++}`);
  await mkdir(cwd);
  return cwd;
}

const generate = (...more: readonly string[]) => [
  ...["scenarios", "generate", "--dataset", "demo", "--model", "writer", "--server", "stand-in"],
  ...["--base-url", server.baseUrl(0), "--base-url", server.baseUrl(1), ...more],
];

describe("spikebench scenarios", () => {
  it("says what generating would take, generates, and asks nothing the second time", async () => {
    const cwd = await place();
    const price = ["--usd-per-million", "0.5/1.5", "--tokens-per-second", "1000"];
    const estimate = await spikebench(generate("--estimate", ...price), { cwd });
    expect(estimate).toMatchObject({ code: 0, stderr: "" });
    expect(estimate.stdout).toMatch(/^160 requests for 160 documents, 0 of them done; about [\d,]+ prompt and /);
    expect(estimate.stdout).toMatch(/completion tokens \(answers assumed\); about 0\.\d{4} USD; about 2 min\.\n$/);
    expect(await server.log()).toEqual([]);
    const made = await spikebench(generate(...price), { cwd });
    expect(made.code, made.stderr).toBe(0);
    expect(made.stderr).toMatch(/^160 requests for 160 documents/);
    expect(made.stdout).toMatch(/^0 documents were done, 160 answered now, 0 failed now; .* USD in all\.$/m);
    expect(made.stdout).toMatch(
      /^scenarios\/demo\.jsonl: \d+ scenarios for 160 of 160 documents; 0 noise, 0 failed\.$/m,
    );
    await server.log();
    const again = await spikebench(generate(...price), { cwd });
    expect(again.stdout).toContain("160 documents were done, 0 answered now");
    expect(await server.log()).toEqual([]);
    expect(JSON.parse(await readFile(`${cwd}/scenarios/demo.manifest.json`, "utf8"))).toMatchObject({
      dataset: { id: "demo" },
      counts: { documents: 160, withScenarios: 160 },
      source: { options: { client: { price: { promptUsdPerMillion: 0.5, completionUsdPerMillion: 1.5 } } } },
    });
  });

  it("shows, checks, measures, exports and imports a set, and retries its failures", async () => {
    const cwd = await place();
    await server.behave({ rules: [{ text: "no JSON" }] });
    expect((await spikebench(generate("--to", "set.parquet"), { cwd })).code).toBe(0);
    const run = async (...args: readonly string[]) => {
      const { code, stdout, stderr } = await spikebench(["scenarios", ...args], { cwd });
      expect(code, stderr).toBe(0);
      return stdout;
    };
    expect(JSON.parse(await run("show", "set.parquet")).counts).toMatchObject({ documents: 160, failed: 1 });
    expect(JSON.parse(await run("show", "set.parquet", "--doc", "bio-002")).scenarios.length).toBeGreaterThan(2);
    expect(await run("check", "set.parquet")).toMatch(
      /scenarios for 159 of 160 documents of demo; 0 noise, 1 failed\./,
    );
    expect(await run("retry", "set.parquet", "--failed")).toContain("159 documents were done, 1 answered now");
    expect(await run("stats", "set.parquet")).toMatch(/^160 of 160 documents have scenarios; 0 are noise, 0 failed;/);
    expect(JSON.parse(await run("stats", "set.parquet", "--format", "json")).coverage.covered).toBe(160);
    await run("export", "set.parquet", "--dataset", "demo", "--layout", "training", "--to", "train.parquet");
    expect(await run("import", "train.parquet", "--dataset", "demo", "--to", "back.jsonl")).toMatch(
      /^back\.jsonl: \d+ scenarios for 160 of 160 documents/,
    );
  });

  it.each([
    { args: ["retry", "set.jsonl"], says: "--failed" },
    { args: ["show", "nowhere.jsonl"], says: "manifest" },
    { args: ["import", "nowhere.jsonl", "--dataset", "demo", "--to", "a.txt"], says: ".jsonl" },
    { args: ["frobnicate"], says: "expected a command" },
  ])("says in one line what is wrong: $args", async ({ args, says }) => {
    const ended = await spikebench(["scenarios", ...args], { cwd: await place() });
    expect(ended).toMatchObject({ code: 2, stdout: "" });
    expect(ended.stderr).toMatch(/^spikebench: [^\n]*\n$/);
    expect(ended.stderr).toContain(says);
  });

  it.each([
    { flags: ["--temperature", "hot"], says: "--temperature" },
    { flags: ["--usd-per-million", "3"], says: "PROMPT/COMPLETION" },
    { flags: ["--budget-usd", "3"], says: "price" },
    { flags: ["--api-key-env", "sk-secret-key"], says: "environment variable" },
    { flags: ["--api-key-env", "ABSENT_KEY"], says: "ABSENT_KEY" },
    { flags: ["--temperature", "1", "--temperature", "2"], says: "once" },
  ])("refuses flags that make no sense, before anything is asked: $flags", async ({ flags, says }) => {
    const ended = await spikebench(generate(...flags), { cwd: await place() });
    expect(ended.code).toBe(2);
    expect(ended.stderr.trimEnd().split("\n").at(-1)).toMatch(/^spikebench: /);
    expect(ended.stderr).toContain(says);
    expect(ended.stderr).not.toContain("sk-secret-key");
    expect(await server.log()).toEqual([]);
  });

  it("says nothing of its own inner works while many requests wait for a server that is down", async () => {
    await server.behave({ always: { status: 503 } });
    let asked = 0;
    const ended = await startSpikebench(generate("--concurrency", "16"), {
      cwd: await place(),
      watch: (child) => {
        const timer = setInterval(async () => {
          asked += (await server.log()).length;
          // every one of the first has been turned away, and some were asked again
          if (asked <= 16) return;
          clearInterval(timer);
          child.kill("SIGINT");
        }, 20);
      },
    });
    expect(ended.code).toBe(130);
    expect(ended.stderr).not.toContain("Warning");
  });

  it("stops on SIGINT with what was answered kept, and goes on", async () => {
    const cwd = await place();
    await server.behave({ always: { delay: 30 } });
    const ended = await startSpikebench(generate("--concurrency", "4"), {
      cwd,
      watch: (child) => {
        const timer = setInterval(async () => {
          if ((await server.log()).length === 0) return;
          clearInterval(timer);
          child.kill("SIGINT");
        }, 20);
      },
    });
    expect(ended).toMatchObject({ code: 130, stdout: "" });
    expect(ended.stderr).toContain("[INTERRUPTED]");
    const resumed = await spikebench(generate(), { cwd });
    expect(resumed.stdout).toMatch(/ 0 failed now/);
    expect(resumed.stdout).toContain("for 160 of 160 documents");
  });
});
