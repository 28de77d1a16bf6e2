import { readFile, writeFile } from "node:fs/promises";
import { beforeEach, describe, expect, it } from "vitest";
import { exportScenarios } from "../../harness/pipeline/generation/export-scenarios.ts";
import { importScenarios } from "../../harness/pipeline/generation/import-scenarios.ts";
import {
  checkScenarios,
  scenarioStatisticsOf,
  showScenarios,
} from "../../harness/pipeline/generation/inspect-scenarios.ts";
import { BREAD, linesOf, scenarioLabs } from "./scenario-lab.ts";
import { edit } from "./workspace.ts";

const { server, lab, generate } = scenarioLabs();

beforeEach(() => server.behave({}));

describe("a scenario set", () => {
  it("goes out in both of SPIKE's layouts and comes back as it was, but for what they cannot hold", async () => {
    const one = await lab();
    await generate(one);
    const path = `${one.folder}/set.jsonl`;
    const written = (await linesOf(path)).filter((row) => row["error"] === undefined);
    for (const layout of ["generator", "training"] as const) {
      for (const extension of ["parquet", "jsonl"]) {
        const to = `${one.folder}/${layout}.${extension}`;
        const exported = await exportScenarios({ path, dataset: "library", layout, to }, one.workspace);
        expect(exported).toEqual({ rows: layout === "generator" ? written.length : 5, leftOut: 2 });
        const back = `${one.folder}/${layout}-${extension}.jsonl`;
        await importScenarios({ path: to, dataset: "library", to: back, rowsOf: undefined }, one.workspace);
        expect(await linesOf(back)).toEqual(written);
      }
    }
    await expect(
      exportScenarios(
        { path, dataset: "library", layout: "training", to: `${one.folder}/training.jsonl` },
        one.workspace,
      ),
    ).rejects.toMatchObject({ code: "USAGE" });
    const [training] = await linesOf(`${one.folder}/training.jsonl`);
    expect(training).toMatchObject({ id: "bread", is_gold: true, dataset: "library", content: `Bread ${BREAD}` });
  });

  it("is known to be another when a byte, the order or the corpus changed", async () => {
    const one = await lab();
    await generate(one);
    const path = `${one.folder}/set.jsonl`;
    const faults = async () => (await checkScenarios(path, one.workspace)).faults;
    const text = await readFile(path, "utf8");
    await edit(path, '"doc_id":"cut"', '"doc_id":"bread"');
    expect(await faults()).toEqual([
      expect.stringContaining("not the file"),
      expect.stringContaining("not in the order of the documents"),
    ]);
    await edit(path, '"doc_id":"noise"', '"doc_id":"nowhere"');
    expect(await faults()).toContainEqual(expect.stringContaining("1 rows name a document outside the corpus"));
    await writeFile(path, text);
    expect(await faults()).toEqual([]);
    await edit(`${one.folder}/data/corpus.jsonl`, "wooden", "iron");
    expect(await faults()).toEqual([expect.stringContaining("not those that the scenarios were written for")]);
  });

  it("shows its manifest, or one document", async () => {
    const one = await lab();
    const { manifest } = await generate(one);
    const path = `${one.folder}/set.jsonl`;
    expect(await showScenarios(path, undefined)).toEqual(manifest);
    expect(await showScenarios(path, "refused")).toEqual({
      doc_id: "refused",
      scenarios: [{ error: expect.stringContaining("refused") }],
    });
    await expect(showScenarios(`${one.folder}/scenarios.jsonl`, undefined)).rejects.toMatchObject({
      code: "FILE_MISSING",
    });
  });

  it("has statistics that show duplicates and the wording of test queries", async () => {
    const one = await lab(
      {
        corpus: [
          { _id: "a", text: "salt draws water out of cells" },
          { _id: "b", text: "prices rise after a bad harvest" },
          { _id: "c", text: "nothing" },
        ],
        queries: [
          { _id: "q1", text: "why does salt draw water" },
          { _id: "q2", text: "harvest prices" },
        ],
        qrels: [
          ["q1", "a", 1],
          ["q2", "b", 1],
          ["q2", "c", 1],
        ],
      },
      [
        { _id: "a", text: "Why does salt draw water?" },
        { _id: "a", text: "Why does salt draw water?" },
        { _id: "b", text: "harvest" },
        { _id: "c", error: "none" },
      ],
    );
    const path = `${one.folder}/scenarios.jsonl`;
    const statistics = await scenarioStatisticsOf(path, { dataset: "library", rowsOf: undefined }, one.workspace);
    expect(statistics).toMatchObject({
      coverage: { documents: 3, covered: 2, failed: 1, scenarios: 3 },
      documentsByCount: { 1: 1, 2: 1 },
      duplicates: { sameDocument: 1, any: 1 },
      lengths: { text: { min: 7, median: 25, mean: (25 + 25 + 7) / 3, max: 25 } },
    });
    // q1 with a: all 5 words are in its scenarios, 2 in it; q2 with b: 1 of 2, and 2 of 2; c has no scenarios
    expect(statistics.overlap).toEqual({
      pairs: 2,
      inScenarios: (5 / 5 + 1 / 2) / 2,
      inDocument: (2 / 5 + 2 / 2) / 2,
      inOtherScenarios: (0 / 5 + 0 / 2) / 2,
      run: 8,
      shortestQuery: 5,
      queries: 1,
      repeated: [{ query: "q1", document: "a", words: "why does salt draw water" }],
    });
  });
});
