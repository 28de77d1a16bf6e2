import { rm } from "node:fs/promises";
import { beforeEach, describe, expect, it } from "vitest";
import { chatStandIn } from "../llm/chat-stand-in.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { distribute, results } from "./task-lab.ts";
import { type Lab, LIBRARY, openLab, runLab } from "./workspace.ts";

const server = chatStandIn();
const folder = temporaryFolder();

beforeEach(() => server.behave({}));

async function lab(name: string, options = ""): Promise<Lab> {
  const client = `{model: writer, server: stand-in, baseUrls: ["${server.baseUrl()}"]${options === "" ? "" : ", price: {promptUsdPerMillion: 1, completionUsdPerMillion: 1}"}}`;
  const experiment = `version: 1
name: small
scenarios:
  own: {kind: generate, client: ${client}, components: [I, E]${options}}
matrix:
  retriever: [bm25]
  dataset: [library]
  scenarios: [own]
  alpha: [0, 0.5, 1]
measures: [nDCG@10]
`;
  return await openLab(folder.path(name), { experiment });
}

const DOCUMENTS = LIBRARY.corpus.length;

describe("scenarios of a run in tasks", () => {
  it("are not asked for unless they may be", async () => {
    await expect(distribute(await lab("not"))).rejects.toMatchObject({ code: "NOT_GENERATED" });
    expect(await server.log()).toEqual([]);
  });

  it("are asked for by tasks, each document once, and make the files of a run in one process", async () => {
    const here = await lab("here");
    await runLab(here, { generate: true });
    const asked = await server.log();
    expect(asked).toHaveLength(DOCUMENTS);
    const there = await lab("there");
    const { started } = await distribute(there, { generate: true, division: { textsPerTask: 4 } });
    // two that generate, one search
    expect(started).toEqual([0, 1, 0]);
    const prompts = (log: typeof asked) => log.map(({ messages }) => JSON.stringify(messages)).sort();
    expect(prompts(await server.log())).toEqual(prompts(asked));
    expect(await results(there)).toEqual(await results(here));
    await distribute(there, { generate: true, division: { textsPerTask: 4 } });
    expect(await server.log()).toEqual([]);
  });

  it("that are lost are asked for again by those tasks that miss some", async () => {
    const one = await lab("lost");
    await distribute(one, { generate: true, division: { textsPerTask: 4 } });
    await server.log();
    await rm(`${one.workspace.cache}/completions`, { recursive: true });
    await rm(`${one.workspace.out}/runs/small/library@bm25+own+alpha=0`, { recursive: true });
    const { run } = await distribute(one, { generate: true, division: { textsPerTask: 4 } });
    expect((await server.log()).length).toBe(DOCUMENTS);
    expect(run.work).toMatchObject({ scored: 1, cached: 3 });
  });

  it("with a budget for all of them are asked for by one process", async () => {
    const one = await lab("budget", ", usdBudget: 20");
    const { started } = await distribute(one, { generate: true, division: { textsPerTask: 4 } });
    expect(started).toEqual([0]);
    expect(await server.log()).toHaveLength(DOCUMENTS);
  });
});
