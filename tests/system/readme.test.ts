import { execFile } from "node:child_process";
import { cp, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = resolve(import.meta.dirname, "../..");
const readme = await readFile(join(root, "README.md"), "utf8");
const guides = await Promise.all(
  (await readdir(join(root, "docs")))
    .filter((name) => name.endsWith(".md"))
    .map((name) => readFile(join(root, "docs", name), "utf8")),
);
const main = join(root, "dist/cli/main.js");

/** Text of a page's fenced blocks of one language. */
function blocks(page: string, language: string): string[] {
  return Array.from(page.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, "gms")), ([, text = ""]) => text);
}

/** `npx spikebench` lines of all pages, as arguments. */
const commands = [readme, ...guides]
  .flatMap((page) => blocks(page, "sh"))
  .flatMap((block) => block.split("\n"))
  .filter((line) => line.startsWith("npx spikebench "))
  .map((line) => line.replace(/ #.*$/, ""))
  .map((line) =>
    Array.from(line.slice("npx spikebench ".length).matchAll(/"([^"]*)"|(\S+)/g), ([, a, b]) => a ?? b ?? ""),
  );

/** Results of runs lie in folders of their own beside the run files. */
function isResult(path: string): boolean {
  return dirname(path) === join(root, "runs") && !/\.(yaml|json)$/.test(path);
}

let folder = "";
// biome-ignore lint/style/noProcessEnv: a child process takes the environment over, with a cache of its own
const environment = () => ({ ...process.env, SPIKEBENCH_CACHE: join(folder, "cache") });
const run = (args: readonly string[]) =>
  promisify(execFile)("node", [main, ...args], { cwd: folder, env: environment() });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "spikebench-readme-"));
  // commands run in a copy of what the checkout holds, so that none writes into the checkout
  for (const path of ["runs", "datasets", "reports/baselines", "training"]) {
    await cp(join(root, path), join(folder, path), { recursive: true, filter: (from) => !isResult(from) });
  }
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe("README and docs", () => {
  it("shows what `npm start` prints", async () => {
    const { stdout } = await run(["run", "runs/quickstart.yaml"]);
    const [shown] = blocks(readme, "text");
    expect(stdout.startsWith(shown?.trimEnd() ?? "no block")).toBe(true);
  });

  it("has commands", () => expect(commands.length).toBeGreaterThan(3));

  it.each(commands)("spikebench %s ... works", async (...args) => {
    const { stdout } = await run(args);
    expect(stdout).not.toBe("");
  });
});
