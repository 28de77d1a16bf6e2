import { mkdir, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../temporary-folder.ts";
import { spikebench } from "./resident-command.ts";

const temporary = temporaryFolder();
const RUNS = resolve(import.meta.dirname, "../../runs");

/** A folder with cards of two datasets whose data is not here, and a run file that names both. */
async function place(runFile: string): Promise<string> {
  const cwd = temporary.path(`place-${runFile.length}`);
  await mkdir(`${cwd}/datasets`, { recursive: true });
  const card = (counts: string) =>
    `summary: none\nsource: {hub: [{repository: nobody/nothing, revision: main}]}\nformat: {kind: beir}\n${counts}\n`;
  const counts = "counts: {documents: 1000, queries: 20}";
  const statistics = "statistics: {source: nowhere, documents: {average: 41}}";
  await writeFile(`${cwd}/datasets/known.yaml`, card(`${counts}\n${statistics}`));
  await writeFile(`${cwd}/datasets/dark.yaml`, card(""));
  await writeFile(`${cwd}/own.yaml`, `version: 1\nname: own\n${runFile}\n`);
  return cwd;
}

const SCENARIOS = `scenarios: {spike: {kind: generate, client: {model: writer, baseUrls: ["http://127.0.0.1:9/v1"]}}}`;

describe("spikebench plan without the data", () => {
  it("says what the cards tell, what would be encoded and written, and what to fetch", async () => {
    const retrievers = "retrievers: {vectors: {kind: dense}}";
    const queries = "queries: {other: {path: other.jsonl}}";
    const matrix =
      "matrix: {retriever: [bm25, vectors], dataset: [known, dark], queries: [original, other], scenarios: [spike], alpha: [0.5]}";
    const cwd = await place([retrievers, queries, SCENARIOS, matrix].join("\n"));
    const { code, stdout, stderr } = await spikebench(["plan", "own.yaml"], { cwd });
    expect(code).toBe(2);
    expect(stderr).toContain("spikebench datasets fetch known");
    // 2 retrievers x 2 datasets x 2 query sets x (base, SPIKE); 1,000 * 41 / 4 tokens; 20 queries in two sets
    expect(stdout).toContain("own: 16 cells.");
    expect(stdout).toMatch(/│ known +│ +1,000 │ +10,250 │ +40 │/);
    expect(stdout).toMatch(/│ dark +│ +- │ +- │ +- │/);
    expect(stdout).toMatch(/│ all +│ +1,000\+ │ +10,250\+ │ +40\+ │/);
    expect(stdout).toContain("To be encoded by each of vectors: all documents (1,000+, about 10,250+ tokens)");
    expect(stdout).toContain("Scenarios spike, to be written by writer");
    const { stdout: json } = await spikebench(["plan", "own.yaml", "--format", "json"], { cwd });
    expect(JSON.parse(json)).toMatchObject({ cells: 16, encoding: ["vectors"], datasets: [{ documents: 1000 }, {}] });
  });

  it("keeps to the limit of the run file", async () => {
    const cwd = await place(
      "matrix: {retriever: [bm25], dataset: [known]}\nlimit: {documents: 100, queries: 5, seed: 1}",
    );
    const { stdout } = await spikebench(["plan", "own.yaml"], { cwd });
    expect(stdout).toMatch(/│ known +│ +100 │ +1,025 │ +5 │/);
    expect(stdout).not.toContain("To be encoded");
  });

  it("shows the cost of runs/spike-bright.yaml", async () => {
    const { code, stdout, stderr } = await spikebench(["plan", `${RUNS}/spike-bright.yaml`], {
      cwd: temporary.path(""),
    });
    expect(code).toBe(2);
    expect(stderr).toContain("spikebench datasets fetch bright");
    // 1,384 queries in two sets
    expect(stdout).toMatch(/│ all +│ +1,333,166 │ +[\d,]+ │ +2,768 │/);
    expect(stdout).toContain("to be written by meta-llama/Llama-3.2-3B-Instruct");
  });
});
