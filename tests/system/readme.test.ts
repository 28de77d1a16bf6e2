import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = resolve(import.meta.dirname, "../..");
const readme = await readFile(join(root, "README.md"), "utf8");
const main = join(root, "dist/cli/main.js");

/** Text of the fenced blocks of one language. */
function blocks(language: string): string[] {
  return Array.from(readme.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, "gms")), ([, text = ""]) => text);
}

/** `npx spikebench` lines, as arguments. */
const commands = blocks("sh")
  .flatMap((block) => block.split("\n"))
  .filter((line) => line.startsWith("npx spikebench "))
  .map((line) =>
    Array.from(line.slice("npx spikebench ".length).matchAll(/"([^"]*)"|(\S+)/g), ([, a, b]) => a ?? b ?? ""),
  );

let folder = "";
// biome-ignore lint/style/noProcessEnv: a child process takes the environment over, with a cache of its own
const environment = () => ({ ...process.env, SPIKEBENCH_CACHE: join(folder, "cache") });
const run = (args: readonly string[], cwd: string) =>
  promisify(execFile)("node", [main, ...args], { cwd, env: environment() });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "spikebench-readme-"));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe("README", () => {
  it("shows what `npm start` prints", async () => {
    const { stdout } = await run(["run", "runs/quickstart.yaml", "--out", folder], root);
    const [shown] = blocks("text");
    expect(stdout.startsWith(shown?.trimEnd() ?? "no block")).toBe(true);
  });

  it("has commands", () => expect(commands.length).toBeGreaterThan(3));

  it.each(commands)("spikebench %s ... works", async (...args) => {
    // results of the first test stand in for those of `npm start`
    const local = args.map((arg) => (arg.startsWith("runs/quickstart/") ? join(folder, arg) : arg));
    const { stdout } = await run(local, root);
    expect(stdout).not.toBe("");
  });
});
