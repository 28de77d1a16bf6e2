import { readdir, readFile } from "node:fs/promises";
import { beforeEach, describe, expect, it } from "vitest";
import { askForRun, exportRequests, importAnswers } from "../../../harness/pipeline/generation/batch-files.ts";
import { answersOf, requestsOf, writeRows } from "../../llm/run-batch.ts";
import { temporaryFolder } from "../../temporary-folder.ts";
import { linesOf, scenarioLabs } from "../scenario-lab.ts";
import { buildDpo } from "../training-lab.ts";
import { filesBelow, type Lab, LIBRARY, openLab, runLab } from "../workspace.ts";

const { server, lab, generate, asked } = scenarioLabs();
const labs = temporaryFolder();
let made = 0;

beforeEach(() => server.behave({}));

const toFolder = (one: Lab, requestsPerFile?: number) => ({ folder: `${one.folder}/batch`, requestsPerFile });

/** What an array job makes of the files of requests: a file of answers each, beside them. */
async function answerAll({ folder }: { readonly folder: string }): Promise<number> {
  const files = (await readdir(folder)).filter((name) => name.startsWith("requests-"));
  for (const name of files) {
    await writeRows(
      `${folder}/${name.replace("requests", "answers")}`,
      await answersOf(`${folder}/${name}`, server.baseUrl()),
    );
  }
  await server.log();
  return files.length;
}

describe("scenarios by batch files", () => {
  it("are the set that a server writes, byte for byte, and nothing is asked but by the files", async () => {
    const [online, one] = [await lab(), await lab()];
    await generate(online);
    await server.log();
    const batch = toFolder(one, 4);
    const exported = await exportRequests(batch, one.workspace, (workspace) => generate({ ...one, workspace }));
    expect(exported).toMatchObject({ manifest: undefined, totals: { answered: 0, underWay: 6 } });
    expect(await asked()).toEqual([]);
    // six requests for seven documents, four a file
    expect(await answerAll(batch)).toBe(2);
    const imported = await importAnswers(batch.folder, one.workspace, (workspace) => generate({ ...one, workspace }));
    expect(imported.totals).toMatchObject({ answered: 4, failed: 2, underWay: 0 });
    for (const name of ["set.jsonl", "set.raw.jsonl.gz"]) {
      expect(await readFile(`${one.folder}/${name}`)).toEqual(await readFile(`${online.folder}/${name}`));
    }
    const manifestOf = async ({ folder }: Lab) => JSON.parse(await readFile(`${folder}/set.manifest.json`, "utf8"));
    const { source, ...manifest } = await manifestOf(one);
    const { source: expected, ...rest } = await manifestOf(online);
    expect({ ...manifest, source: { ...source, dates: null } }).toEqual({
      ...rest,
      source: { ...expected, dates: null },
    });
    expect(one.said.at(-1)).toBe(
      `${batch.folder}: 6 lines in 2 files; 0 cannot be read, 0 answer nothing that is asked here.`,
    );
    await generate(one);
    expect(await asked()).toEqual([]);
  });

  it("go on with servers after a part, which then come to the same bytes", async () => {
    const [online, one] = [await lab(), await lab()];
    await generate(online);
    const batch = toFolder(one);
    await exportRequests(batch, one.workspace, (workspace) => generate({ ...one, workspace }));
    await answerAll(batch);
    const part = `${one.folder}/part.jsonl`;
    await writeRows(part, (await linesOf(`${batch.folder}/answers-0.jsonl`)).slice(0, 3));
    const first = await importAnswers(part, one.workspace, (workspace) => generate({ ...one, workspace }));
    expect(first).toMatchObject({ manifest: undefined, totals: { underWay: 3 } });
    const rest = { folder: `${one.folder}/rest`, requestsPerFile: undefined };
    await exportRequests(rest, one.workspace, (workspace) => generate({ ...one, workspace }));
    expect(await requestsOf(`${rest.folder}/requests-0.jsonl`)).toHaveLength(3);
    await generate(one);
    expect(await asked()).toHaveLength(3);
    expect(await readFile(`${one.folder}/set.jsonl`)).toEqual(await readFile(`${online.folder}/set.jsonl`));
  });
});

describe("askForRun", () => {
  const client = (model: string) => `{model: ${model}, server: stand-in, baseUrls: ["${server.baseUrl()}"]}`;
  async function runningLab(): Promise<Lab> {
    const experiment = `version: 1
name: small
scenarios:
  own: {kind: generate, client: ${client("writer")}}
queries:
  passages: {kind: hyde, samples: 2, client: ${client("expander")}}
matrix: {retriever: [bm25], dataset: [library], queries: [original, passages], scenarios: [own], alpha: [0.5]}
measures: [nDCG@10]
`;
    return await openLab(labs.path(`run-${made++}`), { experiment });
  }

  it("writes what a run file lacks of every model, numbered through, and takes it for a run with the same results", async () => {
    const [online, one] = [await runningLab(), await runningLab()];
    await runLab(online, { generate: true });
    await server.log();
    const batch = toFolder(one, 5);
    await exportRequests(batch, one.workspace, (workspace) => askForRun(one.file, workspace));
    const manifest = JSON.parse(await readFile(`${batch.folder}/manifest.json`, "utf8"));
    const [documents, texts] = [LIBRARY.corpus.length, LIBRARY.queries.length * 2];
    expect(manifest.sets).toMatchObject([
      { client: { model: "writer" }, files: [{ requests: 5 }, { file: "requests-1.jsonl", requests: documents - 5 }] },
      { client: { model: "expander" }, files: [{ requests: 5 }, { file: "requests-3.jsonl", requests: texts - 5 }] },
    ]);
    await expect(runLab(one)).rejects.toMatchObject({ code: "NOT_GENERATED" });
    expect(await asked()).toEqual([]);
    await answerAll(batch);
    const take = () => importAnswers(batch.folder, one.workspace, (workspace) => askForRun(one.file, workspace));
    await take();
    // each of the two is asked for what is the other's
    const count = `${batch.folder}: ${documents + texts} lines in 4 files; 0 cannot be read, 0 answer nothing that is asked here.`;
    expect(one.said.at(-1)).toBe(count);
    await runLab(one);
    expect(await asked()).toEqual([]);
    const cells = async ({ workspace }: Lab) =>
      [...(await filesBelow(`${workspace.out}/runs/small`))].filter(([name]) =>
        /run\.trec\.gz|values\.jsonl/.test(name),
      );
    expect((await cells(one)).length).toBeGreaterThan(0);
    expect(await cells(one)).toEqual(await cells(online));
    await take();
    expect(one.said.at(-1)).toBe(count);
  });
});

describe("training sets by batch files", () => {
  it("end where answers are wanted, which is no fault, and are built to the same bytes when they are there", async () => {
    await server.behave({ always: { seeded: true } });
    const client = `{model: writer, server: stand-in, baseUrls: ["${server.baseUrl()}"], seed: 5}`;
    const declaration = `version: 1
name: s
dataset: library
leakage: {against: []}
validation: 0
candidates: {client: ${client}, samples: 3, temperatures: [0.8, 1.1]}
answers: {client: ${client}}
retriever: {kind: dense, encoder: {kind: hashed, dimensions: 512}}
minSimilarity: off
`;
    const [online, one] = [await openLab(labs.path(`dpo-${made++}`)), await openLab(labs.path(`dpo-${made++}`))];
    await buildDpo(online, declaration, { generate: true });
    await server.log();
    const batch = toFolder(one);
    const build = (workspace: Lab["workspace"]) => buildDpo({ ...one, workspace }, declaration, { generate: true });
    expect(await exportRequests(batch, one.workspace, build)).toBeUndefined();
    expect(await asked()).toEqual([]);
    // candidates at two temperatures, and answers: three clients
    expect(await answerAll(batch)).toBe(3);
    const part = `${one.folder}/part.jsonl`;
    await writeRows(part, await linesOf(`${batch.folder}/answers-0.jsonl`));
    await expect(importAnswers(part, one.workspace, build)).rejects.toMatchObject({ code: "NOT_GENERATED" });
    expect(one.said.at(-1)).toContain("0 answer nothing that is asked here");
    await importAnswers(batch.folder, one.workspace, build);
    expect(await asked()).toEqual([]);
    const set = (lab: Lab) => filesBelow(`${lab.workspace.out}/training/s`);
    expect(await set(one)).toEqual(await set(online));
  });
});
