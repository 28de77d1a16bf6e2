import { beforeEach, describe, expect, it } from "vitest";
import { inspectPlan } from "../../harness/pipeline/forecast/inspect-plan.ts";
import { chatStandIn } from "../llm/chat-stand-in.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { edit, type Lab, LIBRARY, openLab, runLab } from "./workspace.ts";

const server = chatStandIn();
const folder = temporaryFolder();
let made = 0;

beforeEach(() => server.behave({}));

async function lab(): Promise<Lab> {
  const client = `{model: writer, server: stand-in, baseUrls: ["${server.baseUrl()}"]}`;
  const experiment = `version: 1
name: small
scenarios:
  own: {kind: generate, client: ${client}, components: [I, E]}
matrix:
  retriever: [bm25]
  dataset: [library]
  scenarios: [own]
  alpha: [0, 0.5, 1]
measures: [nDCG@10]
`;
  return await openLab(folder.path(`run-${made++}`), { experiment });
}

describe("a run file with scenarios of `kind: generate`", () => {
  it("is planned with what generating costs, and asks nothing for it", async () => {
    const { file, workspace } = await lab();
    const { generations, cells } = await inspectPlan(file, workspace);
    const documents = LIBRARY.corpus.length;
    expect(generations).toMatchObject([{ scenarios: "own", dataset: "library", model: "writer", kept: 0, documents }]);
    expect(generations[0]?.promptTokens).toBeGreaterThan(100);
    expect(cells.map(({ forecast }) => forecast)).toEqual(["run", "run", "run", "run"]);
    expect(await server.log()).toEqual([]);
  });

  it("does not run, and asks nothing, unless it is told that it may", async () => {
    const one = await lab();
    await expect(runLab(one)).rejects.toMatchObject({ code: "NOT_GENERATED" });
    expect(await server.log()).toEqual([]);
  });

  it("asks when it may, and then runs without asking again", async () => {
    const one = await lab();
    const { cells } = await runLab(one, { generate: true });
    expect(cells.map(({ status }) => status)).toEqual(["done", "done", "done", "done"]);
    expect((await server.log()).length).toBeGreaterThan(0);
    expect(one.said.some((line) => /requests for \d+ documents/.test(line))).toBe(true);
    const again = await runLab(one);
    expect(again.work).toMatchObject({ scored: 0, cached: 4 });
    await runLab(one, { generate: true });
    expect(await server.log()).toEqual([]);
    const { generations } = await inspectPlan(one.file, one.workspace);
    expect(generations).toEqual([]);
  });

  it("makes cells anew when the text of the scenarios is put together otherwise, and asks nothing for it", async () => {
    const one = await lab();
    await runLab(one, { generate: true });
    await server.log();
    await edit(one.file, "components: [I, E]", "components: [I, O, M, K, E], keyPoints: bullets");
    expect((await runLab(one)).work).toMatchObject({ scored: 3, cached: 1 });
    expect(await server.log()).toEqual([]);
  });
});
