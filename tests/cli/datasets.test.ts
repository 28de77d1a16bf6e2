import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { writeBeirFolder } from "../datasets/beir-folder.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { spikebench } from "./resident-command.ts";

const temporary = temporaryFolder();
let places = 0;

async function place(): Promise<string> {
  const cwd = temporary.path(`place-${places++}`);
  await mkdir(cwd);
  return cwd;
}

describe("spikebench datasets", () => {
  it("lists cards and groups as JSON", async () => {
    const { stdout, code } = await spikebench(["datasets", "list", "--format", "json"], { cwd: await place() });
    expect(code).toBe(0);
    const listed: { id: string; documents: number | null; queries: number | null }[] = JSON.parse(stdout);
    expect(listed.find(({ id }) => id === "bright/biology")).toMatchObject({ documents: 57359, queries: 103 });
    expect(listed.length).toBeGreaterThan(70);
  });

  it("shows a card, and says what was meant by a name without one", async () => {
    const cwd = await place();
    expect(JSON.parse((await spikebench(["datasets", "show", "demo"], { cwd })).stdout).id).toBe("demo");
    const wrong = await spikebench(["datasets", "show", "beir/scifatc"], { cwd });
    expect(wrong).toMatchObject({ code: 2, stdout: "" });
    expect(wrong.stderr).toContain("`beir/scifact`");
  });

  it("imports a folder, checks it, and exits 2 once it is another", async () => {
    const cwd = await place();
    const data = await writeBeirFolder(join(cwd, "data"));
    expect((await spikebench(["datasets", "import", "data", "--from", "beir", "--id", "my/set"], { cwd })).code).toBe(
      0,
    );
    expect((await spikebench(["datasets", "check", "my/set", "demo"], { cwd })).code).toBe(0);
    await writeFile(
      join(data, "corpus.jsonl"),
      `${await readFile(join(data, "corpus.jsonl"), "utf8")}{"_id":"d4","text":"x"}\n`,
    );
    const check = await spikebench(["datasets", "check", "my/set"], { cwd });
    expect(check.code).toBe(2);
    expect(check.stdout).toMatch(/documents +│ +3 │ +4 │ differs/);
    expect(check.stderr.trimEnd().split("\n").length).toBe(1);
  });

  it("exports a dataset that reads back, and does not overwrite it", async () => {
    const cwd = await place();
    expect((await spikebench(["datasets", "export", "demo", "--to", "out"], { cwd })).code).toBe(0);
    expect((await spikebench(["datasets", "check", "demo", "--data", "demo=out"], { cwd })).code).toBe(0);
    expect((await spikebench(["datasets", "export", "demo", "--to", "out"], { cwd })).code).toBe(2);
  });

  it("says how to get a dataset that is not there", async () => {
    const cwd = await place();
    const env = { HF_HOME: join(cwd, "hub"), HF_HUB_OFFLINE: "1" };
    const run = await spikebench(["datasets", "check", "beir/scifact"], { cwd, env });
    expect(run.code).toBe(2);
    expect(run.stderr).toContain("spikebench datasets fetch beir/scifact");
    const limit = await spikebench(["datasets", "check", "limit/full"], { cwd, env });
    expect(limit.stderr).toContain("--data limit/full=PATH");
  });
});
