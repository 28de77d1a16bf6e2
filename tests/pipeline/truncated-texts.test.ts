import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openaiStandIn } from "../encode/openai-stand-in.ts";
import { writeTinyModel } from "../encode/tiny-model.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { cellFile, EXPERIMENT, edit, filesBelow, type Lab, openLab, runLab } from "./workspace.ts";

const server = openaiStandIn();
const folder = temporaryFolder();

/** Characters of texts that are read: of the documents `d1`, `d3` and `q3` are longer, of the scenarios none, of the queries none. */
const ROOM = 51;
const SERVED = () =>
  `{kind: openai, model: words, dimensions: 16, charactersPerToken: 1, maxTokens: ${ROOM}, tooLong: truncate, baseUrls: ["${server.baseUrl()}"]}`;

async function labOf(name: string, encoder: string): Promise<Lab> {
  const experiment = EXPERIMENT.replace("{kind: hashed, dimensions: 16}", encoder);
  const lab = await openLab(folder.path(name), { experiment });
  await writeTinyModel(join(lab.folder, "tiny"));
  return lab;
}

async function scoringOf(lab: Lab, system: string): Promise<unknown> {
  return JSON.parse(await readFile(cellFile(lab, system, "manifest.json"), "utf8")).scoring;
}

async function reportsOf({ workspace }: Lab): Promise<readonly string[]> {
  const read = (extension: string) => readFile(join(workspace.out, "reports", "small", `report.${extension}`), "utf8");
  // report.txt breaks lines
  return (await Promise.all(["md", "txt"].map(read))).map((text) => text.replaceAll(/\s+/g, " "));
}

describe("texts of which only a part was read", () => {
  it("are counted in every cell, its result and the reports", async () => {
    const lab = await labOf("served", SERVED());
    const { run } = await runLab(lab);
    const truncated = { documents: 3, scenarios: 0, queries: 0 };
    const encoder = { identity: { kind: "openai" }, forms: { document: { template: "{text}" } }, storage: "float32" };
    expect(await scoringOf(lab, "hashed")).toMatchObject([{ retriever: "hashed", encoder, truncated }]);
    const none = { documents: 0, scenarios: 0, queries: 0 };
    const lexical = { retriever: "bm25", encoder: null, truncated: none };
    expect(await scoringOf(lab, "bm25")).toEqual([lexical]);
    // merged rankings have what their members have
    expect(await scoringOf(lab, "both+rewrites+alpha=0")).toMatchObject([lexical, { retriever: "hashed", truncated }]);
    const result = JSON.parse(await readFile(run.layout.resultFile, "utf8"));
    const counted = result.cells.map(({ retriever, truncated }: { retriever: string; truncated: unknown }) => [
      ...[retriever, truncated],
    ]);
    expect(counted).toEqual(
      ["bm25", "hashed", "both"].flatMap((name) =>
        Array.from({ length: 4 }, () => [name, name === "bm25" ? [] : [{ retriever: "hashed", ...truncated }]]),
      ),
    );
    for (const report of await reportsOf(lab)) {
      expect(report).toContain("read only a part of 3 of 6 documents on `library`: longer texts are truncated.");
    }
  });

  it("are counted by model2vec too, scenarios and queries by their set", async () => {
    const lab = await labOf("static", "{kind: model2vec, model: tiny, maxTokens: 8}");
    await runLab(lab);
    const [spike] = JSON.parse(JSON.stringify(await scoringOf(lab, "hashed+rewrites+alpha=0.5")));
    // longer than 8 * 4 characters: all but the advertisement, and but q2 and q3, which have 8 words and marks at most
    expect(spike.truncated).toEqual({ documents: 6, scenarios: 6 - 1, queries: 3 - 2 });
    for (const report of await reportsOf(lab)) {
      expect(report).toContain("read only a part of 6 of 6 documents, 5 scenarios of `rewrites`, 1 of 3 queries");
    }
  });

  it("stay counted when cells are kept, or evaluated anew", async () => {
    const lab = await labOf("kept", SERVED());
    await runLab(lab);
    const files = await filesBelow(lab.workspace.out);
    await runLab(lab);
    expect(await filesBelow(lab.workspace.out)).toEqual(files);
    const scoring = await scoringOf(lab, "both");
    await edit(lab.file, "RR@10]", "AP]");
    expect((await runLab(lab)).work).toMatchObject({ scored: 0, evaluated: 12 });
    expect(await scoringOf(lab, "both")).toEqual(scoring);
    for (const report of await reportsOf(lab)) expect(report).toContain("read only a part of 3 of 6 documents");
  });

  it("are counted when their vectors come from the cache", async () => {
    const lab = await labOf("cached", SERVED());
    await runLab(lab);
    const files = await filesBelow(lab.workspace.out);
    await rm(lab.workspace.out, { recursive: true });
    await runLab(lab);
    expect(await filesBelow(lab.workspace.out)).toEqual(files);
  });
});
