import { mkdir, readFile, writeFile } from "node:fs/promises";
import { beforeEach, describe, expect, it } from "vitest";
import { inspectPlan } from "../../harness/pipeline/forecast/inspect-plan.ts";
import { estimateExpansions, expandQueries } from "../../harness/pipeline/generation/expand-queries.ts";
import { chatStandIn } from "../llm/chat-stand-in.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { edit, filesBelow, type Lab, LIBRARY, openLab, runLab, runLines } from "./workspace.ts";

const server = chatStandIn();
const folder = temporaryFolder();
let made = 0;

beforeEach(() => server.behave({ always: { text: "A mutex guards state that threads share." } }));

type LabOptions = { readonly queries: string; readonly names?: readonly string[]; readonly retrievers?: string };

async function lab({ queries, names = ["original", "expanded"], retrievers }: LabOptions): Promise<Lab> {
  const experiment = `version: 1
name: small
retrievers:
  hashed: {kind: dense, encoder: {kind: hashed, dimensions: 64}}
${retrievers ?? ""}queries:
${queries}
scenarios:
  rewrites: {kind: file, path: scenarios.jsonl}
matrix:
  retriever: [bm25, hashed]
  dataset: [library]
  queries: [${names.join(", ")}]
  scenarios: [rewrites]
  alpha: [0.5, 1]
measures: [nDCG@10]
`;
  return await openLab(folder.path(`run-${made++}`), { experiment });
}

const client = () => `{model: writer, server: stand-in, baseUrls: ["${server.baseUrl()}"]}`;
const asking = (more = "") => lab({ queries: `  expanded: {kind: llm-qe, client: ${client()}${more}}` });

/** `q2` is not recorded, the answer for `q3` was refused. */
const RECORDED = [
  { _id: "q1", texts: ["Here is a passage: Water crosses a membrane towards salt."] },
  { _id: "q3", texts: [null] },
];

async function replaying(options = "", rows: readonly object[] = RECORDED): Promise<Lab> {
  const one = await lab({
    queries: `  expanded: {kind: hyde, samples: 1, client: {kind: replay, path: answers.jsonl}${options}}`,
  });
  await writeFile(`${one.folder}/answers.jsonl`, rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
  return one;
}

const COUNT = LIBRARY.queries.length;

describe("a run file with queries that a model expands", () => {
  it("is planned with what expanding costs, and asks nothing for it", async () => {
    const { file, workspace } = await asking();
    const { expansions, cells } = await inspectPlan(file, workspace);
    expect(expansions).toMatchObject([
      { expansion: "expanded", dataset: "library", model: "writer", queries: COUNT, samples: 1, kept: 0, toAsk: COUNT },
    ]);
    expect(expansions[0]?.completionTokens).toBe(COUNT * 512);
    expect(cells.every(({ forecast }) => forecast === "run")).toBe(true);
    expect(await server.log()).toEqual([]);
  });

  it("does not run, and asks nothing, unless it is told that it may", async () => {
    await expect(runLab(await asking())).rejects.toMatchObject({ code: "NOT_GENERATED" });
    expect(await server.log()).toEqual([]);
  });

  it("asks when it may, runs SPIKE with expanded queries too, and asks nothing again", async () => {
    const one = await asking();
    const { cells, work } = await runLab(one, { generate: true });
    // two retrievers x two query sets x (base, two alphas)
    expect(cells.map(({ status }) => status)).toEqual(Array.from({ length: 2 * 2 * 3 }, () => "done"));
    expect(work.scored).toBe(12);
    expect(one.said).toContainEqual(expect.stringMatching(/^queries expanded for library: 3 requests for 3 queries/));
    expect(await server.log()).toHaveLength(COUNT);
    expect((await runLab(one, { generate: true })).work).toMatchObject({ scored: 0, cached: 12 });
    expect((await inspectPlan(one.file, one.workspace)).expansions).toEqual([]);
    expect(await server.log()).toEqual([]);
  });

  it("is expanded beforehand by a command that asks for queries alone", async () => {
    const one = await asking();
    expect(await estimateExpansions(one.file, one.workspace)).toMatchObject([{ countedOn: "data", toAsk: COUNT }]);
    expect(await expandQueries(one.file, { retryFailed: false }, one.workspace)).toMatchObject([
      { expansion: "expanded", dataset: "library", totals: { answered: COUNT, failed: 0 } },
    ]);
    expect(await expandQueries(one.file, { retryFailed: false }, one.workspace)).toEqual([]);
    expect(await estimateExpansions(one.file, one.workspace)).toEqual([]);
    await server.log();
    expect((await runLab(one)).work.scored).toBe(12);
    expect(await server.log()).toEqual([]);
  });

  it("makes the cells of expanded queries anew when the way changes in which texts are used, and asks nothing", async () => {
    const one = await asking(", queryWeight: 0.5");
    await runLab(one, { generate: true });
    await server.log();
    await edit(one.file, "queryWeight: 0.5", "queryWeight: 0.25");
    // those of the queries as they are stay
    expect((await runLab(one)).work).toMatchObject({ scored: 6, cached: 6 });
    expect(await server.log()).toEqual([]);
  });
});

describe("a run file with recorded expansions", () => {
  it("runs without `--generate`, leaves queries without an answer as they are and says so in result and reports", async () => {
    const one = await replaying();
    const { cells, reports } = await runLab(one);
    expect(cells.map(({ status }) => status)).toEqual(Array.from({ length: 12 }, () => "done"));
    const result = JSON.parse(await readFile(`${one.workspace.out}/runs/small/result.json`, "utf8"));
    expect(result.expansions).toMatchObject([
      {
        ...{ name: "expanded", dataset: "library", kind: "hyde", model: null, promptSha256: null },
        ...{ queries: 3, expanded: 1, samples: 1, missing: 2, cut: 0, stripped: 1 },
      },
    ]);
    const markdown = await readFile(`${one.workspace.out}/reports/small/report.md`, "utf8");
    expect(markdown).toContain("| expanded | library | hyde | recorded answers | 3 | 1 (33.3 %) | 1 | 2 | 0 | 1 |");
    const text = await readFile(`${one.workspace.out}/reports/small/report.txt`, "utf8");
    expect(text).toMatch(/expanded on library: hyde by recorded answers; 1 of 3 queries expanded \(33\.3 %\);/);
    expect(reports.printed).toContain('"queries": "expanded"');
    expect((await inspectPlan(one.file, one.workspace)).expansions).toEqual([]);
    expect(await expandQueries(one.file, { retryFailed: false }, one.workspace)).toEqual([]);
  });

  it("ranks a query without an answer as the plain one, and one with a weight of 1 too", async () => {
    const one = await replaying(", queryWeight: 1, queryRepeats: 1");
    const { cells } = await runLab(one);
    const linesOf = async (queries: string, retriever: string, query: string) => {
      const system = queries === "original" ? retriever : `${retriever}+queries=${queries}`;
      const lines = await runLines(cells.find((cell) => cell.system === system)?.run ?? null);
      return lines.filter(([id]) => id === query);
    };
    for (const retriever of ["bm25", "hashed"]) {
      for (const query of ["q2", "q3"]) {
        expect(await linesOf("expanded", retriever, query)).toEqual(await linesOf("original", retriever, query));
      }
    }
    expect(await linesOf("expanded", "hashed", "q1")).toEqual(await linesOf("original", "hashed", "q1"));
    // words are searched with the passage
    expect(await linesOf("expanded", "bm25", "q1")).not.toEqual(await linesOf("original", "bm25", "q1"));
  });

  it("gives the same bytes in a fresh place, and other cells when an answer changes", async () => {
    const [one, other] = [await replaying(), await replaying()];
    await runLab(one);
    await runLab(other);
    const files = (own: Lab) => filesBelow(`${own.workspace.out}/runs`);
    expect(await files(one)).toEqual(await files(other));
    await edit(`${one.folder}/answers.jsonl`, "towards salt", "towards sugar");
    expect((await runLab(one)).work).toMatchObject({ scored: 6, cached: 6 });
  });

  it("is refused by a retriever whose vectors were made elsewhere", async () => {
    const one = await replaying();
    await edit(
      one.file,
      "  hashed: {kind: dense, encoder: {kind: hashed, dimensions: 64}}\n",
      "  hashed: {kind: dense, encoder: {kind: precomputed, document: {path: d.jsonl}, query: {path: q.jsonl}}}\n",
    );
    await edit(one.file, "[original, expanded]", "[expanded]");
    await edit(one.file, "  scenarios: [rewrites]\n  alpha: [0.5, 1]\n", "");
    const rows = (ids: readonly string[]) => ids.map((id) => `${JSON.stringify({ id, vector: [1, 0] })}\n`).join("");
    await writeFile(`${one.folder}/d.jsonl`, rows(LIBRARY.corpus.map(({ _id }) => _id)));
    await writeFile(`${one.folder}/q.jsonl`, rows(LIBRARY.queries.map(({ _id }) => _id)));
    await expect(runLab(one)).rejects.toMatchObject({ code: "SPEC_INVALID", where: "query `q1`" });
    await expect(inspectPlan(one.file, one.workspace)).rejects.toMatchObject({ code: "SPEC_INVALID" });
  });
});

describe("estimateExpansions", () => {
  it("counts on the card where the data is not here", async () => {
    const one = await asking(", samples: 4");
    const cards = `${one.folder}/cards`;
    await mkdir(cards);
    await writeFile(
      `${cards}/far.yaml`,
      "summary: far away\nsource: {hub: [{repository: owner/far, revision: main}]}\nformat: {kind: beir}\ncounts: {queries: 70}\n",
    );
    await edit(one.file, "dataset: [library]", "dataset: [library, far]");
    const workspace = { ...one.workspace, cardFolders: [cards] };
    const forecasts = await estimateExpansions(one.file, workspace);
    expect(forecasts).toMatchObject([
      { dataset: "library", countedOn: "data", toAsk: 4 * COUNT },
      { dataset: "far", countedOn: "card", queries: 70, toAsk: 4 * 70, promptTokens: undefined },
    ]);
    expect(forecasts[1]?.completionTokens).toBe(4 * 70 * 512);
    await edit(`${cards}/far.yaml`, "counts: {queries: 70}\n", "");
    await expect(estimateExpansions(one.file, workspace)).rejects.toMatchObject({ code: "NOT_FETCHED" });
  });
});
