import { beforeEach, describe, expect, it } from "vitest";
import { chatStandIn } from "../llm/chat-stand-in.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { distribute, results } from "./task-lab.ts";
import { type Lab, LIBRARY, openLab, runLab } from "./workspace.ts";

const server = chatStandIn();
const folder = temporaryFolder();

beforeEach(() => server.behave({ always: { text: "A mutex guards state that threads share." } }));

async function lab(name: string): Promise<Lab> {
  const experiment = `version: 1
name: small
retrievers:
  hashed: {kind: dense, encoder: {kind: hashed, dimensions: 64}}
queries:
  expanded: {kind: llm-qe, client: {model: writer, server: stand-in, baseUrls: ["${server.baseUrl()}"]}}
scenarios:
  rewrites: {kind: file, path: scenarios.jsonl}
matrix:
  retriever: [bm25, hashed]
  dataset: [library]
  queries: [original, expanded]
  scenarios: [rewrites]
  alpha: [0.5, 1]
measures: [nDCG@10]
`;
  return await openLab(folder.path(name), { experiment });
}

describe("queries that a model expands, in a run in tasks", () => {
  it("are asked for by the driver, once, and make the files of a run in one process", async () => {
    const here = await lab("here");
    await runLab(here, { generate: true });
    await server.log();
    const there = await lab("there");
    const division = { textsPerTask: 4, documentsPerTask: 2 };
    const { started } = await distribute(there, { generate: true, division });
    expect((await server.log()).length).toBe(LIBRARY.queries.length);
    // three parts of the documents for both query sets, and four groups of cells; what encodes comes on top
    expect(started.length).toBeGreaterThan(2 * 3 + 4);
    expect(await results(there)).toEqual(await results(here));
  });

  it("are not asked for unless they may be", async () => {
    await expect(distribute(await lab("not"))).rejects.toMatchObject({ code: "NOT_GENERATED" });
    expect(await server.log()).toEqual([]);
  });
});
