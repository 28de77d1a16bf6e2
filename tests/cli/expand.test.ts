import { mkdir, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { chatStandIn } from "../llm/chat-stand-in.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { spikebench } from "./resident-command.ts";

const server = chatStandIn();
const temporary = temporaryFolder();
const RUNS = resolve(import.meta.dirname, "../../runs");
let places = 0;

beforeEach(() => server.behave({ always: { text: "A passage that answers." } }));

async function place(dataset = "demo"): Promise<string> {
  const cwd = temporary.path(`place-${places++}`);
  await mkdir(cwd);
  const price = "price: {promptUsdPerMillion: 1, completionUsdPerMillion: 2}";
  const client = `{model: writer, server: stand-in, baseUrls: ["${server.baseUrl()}"], maxTokens: 50, ${price}}`;
  const queries = `queries: {passages: {kind: query2doc, client: ${client}}, keywords: {kind: keywords, client: ${client}}}`;
  const matrix = `matrix: {retriever: [bm25], dataset: [${dataset}], queries: [passages, keywords]}`;
  await writeFile(`${cwd}/own.yaml`, `version: 1\nname: own\n${queries}\n${matrix}\n`);
  return cwd;
}

describe("spikebench expand", () => {
  it("says what it would take, asks, and asks nothing the second time; then the file runs", async () => {
    const cwd = await place();
    const estimate = await spikebench(["expand", "own.yaml", "--estimate"], { cwd });
    expect(estimate).toMatchObject({ code: 0, stderr: "" });
    // 54 queries, one text each of 50 tokens at most
    expect(estimate.stdout).toMatch(/│ demo +│ passages +│ writer │ +54 │ +1 │ +54 │ +[\d,]+ │ +≤ 2,700 │ +\d\.\d\d │/);
    expect(estimate.stdout).toMatch(/│ all .*│ +108 │ +│ +≤ 5,400 │/);
    expect(await server.log()).toEqual([]);
    const asked = await spikebench(["expand", "own.yaml"], { cwd });
    expect(asked.code, asked.stderr).toBe(0);
    expect(asked.stdout).toMatch(
      /^passages for demo: 0 texts were done, 54 answered now, 0 failed now, 0 without an answer; .* USD in all\.$/m,
    );
    expect(await server.log()).toHaveLength(108);
    const again = await spikebench(["expand", "own.yaml"], { cwd });
    expect(again.stdout).toBe("Every text is there, or recorded; nothing to ask.\n");
    const run = await spikebench(["run", "own.yaml"], { cwd });
    expect(run.code, run.stderr).toBe(0);
    expect(run.stdout).toContain("passages on demo: query2doc by writer; 54 of 54 queries expanded (100.0 %)");
    expect(await server.log()).toEqual([]);
  });

  it("asks for failures again when it is told to", async () => {
    const cwd = await place();
    await server.behave({ always: { text: "A passage." }, rules: [{ text: " " }] });
    await spikebench(["expand", "own.yaml"], { cwd });
    await server.log();
    expect((await spikebench(["expand", "own.yaml", "--retry-failed"], { cwd })).code).toBe(0);
    expect(await server.log()).toHaveLength(1);
  });

  it("counts on the cards where data is not fetched, and says how to fetch it", async () => {
    const cwd = await place("beir/scifact");
    const { code, stdout } = await spikebench(["expand", "own.yaml", "--estimate"], { cwd });
    expect(code).toBe(0);
    expect(stdout).toMatch(/│ beir\/scifact │ passages +│ writer │ +300 │ +1 │ +300 │ +- │ +≤ 15,000 │/);
    expect(stdout).toContain("spikebench datasets fetch beir/scifact");
    expect(await spikebench(["expand", "own.yaml"], { cwd })).toMatchObject({ code: 2 });
    expect(await spikebench(["plan", "own.yaml"], { cwd })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("spikebench datasets fetch beir/scifact"),
    });
  });
});

describe("runs/spike-methods.yaml", () => {
  it("runs offline with its recorded answers: base, SPIKE, the preset and expanded queries", async () => {
    const cwd = await place();
    const { code, stdout, stderr } = await spikebench(["run", `${RUNS}/spike-methods.yaml`], { cwd });
    expect(code, stderr).toBe(0);
    for (const retriever of ["bm25", "hashed-2048"]) {
      for (const queries of ["original", "expanded"]) {
        for (const fusion of ["weighted-sum", "spike-paper"]) {
          expect(stdout).toContain(`${retriever}, queries ${queries}, fusion ${fusion}`);
        }
      }
    }
    expect(stdout).toContain("expanded on demo: llm-qe by recorded answers; 53 of 54 queries expanded (98.1 %)");
    expect(stdout).toContain("1 missing, 0 cut, 1 stripped of a lead-in");
  });
});
