import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../temporary-folder.ts";
import { spikebench } from "./resident-command.ts";

const folder = temporaryFolder();

async function place(name: string) {
  const cwd = folder.path(name);
  await mkdir(cwd);
  return { cwd, env: { HF_HOME: join(cwd, "hub"), HF_HUB_OFFLINE: "1", SPIKEBENCH_CACHE: join(cwd, "cache") } };
}

describe("spikebench models", () => {
  it("lists presets, what of them is unverified and what is here", async () => {
    const table = await spikebench(["models", "list"], await place("table"));
    expect(table).toMatchObject({ code: 0, stderr: "" });
    expect(table.stdout).toMatch(
      /SFR-Embedding-Mistral +│ Salesforce\/SFR-Embedding-Mistral +│ +4096 │ last-token │ endToken/,
    );
    const { stdout } = await spikebench(["models", "list", "--format", "json"], await place("json"));
    const listed: { model: string; fetched: string[] }[] = JSON.parse(stdout);
    expect(listed.find(({ model }) => model === "intfloat/e5-base-v2")).toMatchObject({ fetched: [] });
  });

  it("says in one line why it cannot fetch", async () => {
    const offline = await spikebench(["models", "fetch", "all-MiniLM-L6-v2"], await place("offline"));
    expect(offline).toMatchObject({ code: 2, stdout: "" });
    expect(offline.stderr).toContain("HF_HUB_OFFLINE");
    const wrong = await spikebench(["models", "fetch", "MiniLM"], await place("wrong"));
    expect(wrong).toMatchObject({ code: 2, stdout: "" });
    expect(wrong.stderr.trimEnd().split("\n")).toHaveLength(1);
  });
});
