import { spawnSync } from "node:child_process";
import { chmod, copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const source = resolve(import.meta.dirname, "../../faiss");
let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "spikebench-test-"));
  // a copy, since the real one may hold a FAISS that other suites use
  for (const file of ["build.mjs", "row-type.h"]) await copyFile(join(source, file), join(folder, file));
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** Runs the script where only these tools exist; what they say is that of g++ 12 and npm 11 in the same plight. */
async function build(name: string, tools: Readonly<Record<string, string>>) {
  const bin = join(folder, name);
  await mkdir(bin);
  for (const [tool, script] of Object.entries(tools)) {
    await writeFile(join(bin, tool), `#!/bin/sh\n${script}\n`);
    await chmod(join(bin, tool), 0o755);
  }
  return spawnSync(process.execPath, [join(folder, "build.mjs")], { env: { PATH: bin }, encoding: "utf8" });
}

const HEADERS = 'case "$*" in *-E*) echo "FOUND 1 . 7 . 3"; exit 0;; esac';

describe.runIf(process.platform === "linux")("build:faiss", () => {
  it.each([
    { name: "no compiler", tools: {}, says: "`g++`" },
    {
      name: "no headers",
      tools: { "g++": 'echo "<stdin>:1:10: fatal error: faiss/Index.h: No such file or directory" >&2; exit 1' },
      says: "apt-get install -y --no-install-recommends g++ libfaiss-dev libopenblas-dev",
    },
    { name: "no npm", tools: { "g++": HEADERS }, says: "`npm`" },
    {
      name: "no registry",
      tools: { "g++": HEADERS, npm: 'echo "npm error code ENOTFOUND" >&2; exit 1' },
      says: "npm error code ENOTFOUND",
    },
    {
      name: "no library",
      tools: { "g++": `${HEADERS}\necho "/usr/bin/ld: cannot find -lopenblas: No such file" >&2; exit 1`, npm: "" },
      says: "libopenblas",
    },
    {
      name: "source that does not compile",
      tools: {
        "g++": `${HEADERS}\necho "faiss.cc:1: note: x\nfaiss.cc:2: error: 'y' is no type" >&2; exit 1`,
        npm: "",
      },
      says: "error: 'y' is no type",
    },
    {
      name: "a binary that does not load",
      tools: { "g++": `${HEADERS}\nfor last; do case "$last" in *.part) : > "$last";; esac; done`, npm: "" },
      says: "does not work",
    },
  ])("says in one line that there is $name, and what to do", async ({ name, tools, says }) => {
    const { status, stdout, stderr } = await build(name, tools);
    expect(stderr).toMatch(/^build:faiss: .+\n$/);
    expect(stderr).toContain(says);
    expect(stdout).toBe("");
    expect(status).toBe(2);
  });
});
