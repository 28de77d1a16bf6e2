import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { beforeEach, describe, expect, it } from "vitest";
import { chatStandIn } from "../llm/chat-stand-in.ts";
import { answersOf, requestsOf, writeRows } from "../llm/run-batch.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { spikebench } from "./resident-command.ts";

const server = chatStandIn();
const temporary = temporaryFolder();
let places = 0;

beforeEach(() => server.behave({ always: { seeded: true } }));

async function place(): Promise<string> {
  const cwd = temporary.path(`place-${places++}`);
  await mkdir(cwd);
  return cwd;
}

/** Nobody listens there: what is asked of it fails. */
const NOWHERE = "http://127.0.0.1:9/v1";
const generate = (...more: readonly string[]) => [
  ...["scenarios", "generate", "--dataset", "demo", "--model", "writer", "--server", "cluster"],
  ...["--base-url", NOWHERE, "--retries", "0", ...more],
];

/** Has the chat server answer every file of requests, into files of a folder. */
async function answerAll(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const name of (await readdir(from)).filter((file) => file.startsWith("requests-"))) {
    await writeRows(`${to}/out-${name}`, await answersOf(`${from}/${name}`, server.baseUrl()));
  }
}

describe("spikebench --export-batch and --import-batch", () => {
  it("write the requests of a scenario set, take the answers, write the set, and harm nothing twice", async () => {
    const cwd = await place();
    const run = async (...args: readonly string[]) => {
      const ended = await spikebench(args, { cwd });
      expect(ended.code, ended.stderr).toBe(0);
      return ended;
    };
    const exported = await run(...generate("--export-batch", "batch", "--requests-per-file", "100"));
    expect(exported.stderr).toMatch(
      /: requests-0\.jsonl to requests-1\.jsonl, 160 requests to model `writer`\. Every answer/,
    );
    expect(exported.stdout).toContain("160 documents have no answer yet; --import-batch takes the answers");
    expect(await requestsOf(`${cwd}/batch/requests-0.jsonl`)).toHaveLength(100);
    expect(await requestsOf(`${cwd}/batch/requests-1.jsonl`)).toHaveLength(60);
    await answerAll(`${cwd}/batch`, `${cwd}/answers`);
    const part = await run(...generate("--import-batch", "answers/out-requests-0.jsonl"));
    expect(part.stdout).toMatch(/^0 documents were done, 100 answered now, 0 failed now; /);
    expect(part.stdout).toContain("60 documents have no answer yet");
    const whole = await run(...generate("--import-batch", "answers"));
    expect(whole.stderr).toContain(
      "60 answers taken, 0 failures; 100 repeat what is kept, 0 say that the server failed; 0",
    );
    expect(whole.stderr).toContain(
      "answers: 160 lines in 2 files; 0 cannot be read, 0 answer nothing that is asked here.",
    );
    expect(whole.stdout).toMatch(
      /^scenarios\/demo\.jsonl: \d+ scenarios for 160 of 160 documents; 0 noise, 0 failed\.$/m,
    );
    const set = await readFile(`${cwd}/scenarios/demo.jsonl`);
    const again = await run(...generate("--import-batch", "answers"));
    expect(again.stderr).toContain("0 answers taken, 0 failures; 160 repeat what is kept");
    expect(await readFile(`${cwd}/scenarios/demo.jsonl`)).toEqual(set);
  });

  it("ask again for the failures of a set, as an attempt of their own", async () => {
    const cwd = await place();
    expect((await spikebench(generate("--export-batch", "batch"), { cwd })).code).toBe(0);
    const rows = [...(await answersOf(`${cwd}/batch/requests-0.jsonl`, server.baseUrl()))];
    rows[0] = { ...rows[0], response: { status_code: 400, body: null }, error: "prompt too long" };
    await writeRows(`${cwd}/answers.jsonl`, rows);
    const imported = await spikebench(generate("--import-batch", "answers.jsonl"), { cwd });
    expect(imported.stdout).toContain("scenarios for 159 of 160 documents; 0 noise, 1 failed.");
    expect(imported.stderr).toContain("the first failure: answers.jsonl:1: the server answers 400 prompt too long");
    const retry = (...flags: readonly string[]) =>
      spikebench(["scenarios", "retry", "scenarios/demo.jsonl", "--failed", ...flags], { cwd });
    expect((await retry("--export-batch", "again")).code).toBe(0);
    const [request, ...others] = await requestsOf(`${cwd}/again/requests-0.jsonl`);
    expect([request?.custom_id.slice(64), others]).toEqual([".1", []]);
    await answerAll(`${cwd}/again`, `${cwd}/more`);
    expect((await retry("--import-batch", "more")).stdout).toContain("for 160 of 160 documents; 0 noise, 0 failed.");
  });

  it("serve run files: their expansions alone, everything they lack, and the run that follows", async () => {
    const cwd = await place();
    const client = `{model: writer, server: cluster, baseUrls: ["${NOWHERE}"], retries: 0}`;
    const sets = `scenarios: {own: {kind: generate, client: ${client}}}\nqueries: {passages: {kind: query2doc, client: ${client}}}`;
    const matrix = "matrix: {retriever: [bm25], dataset: [demo], queries: [passages], scenarios: [own], alpha: [0.5]}";
    await writeFile(`${cwd}/own.yaml`, `version: 1\nname: own\n${sets}\n${matrix}\n`);
    const expanded = await spikebench(["expand", "own.yaml", "--export-batch", "expansions"], { cwd });
    expect(expanded.stdout).toContain("54 texts have no answer yet; --import-batch takes");
    expect(await requestsOf(`${cwd}/expansions/requests-0.jsonl`)).toHaveLength(54);
    const exported = await spikebench(["run", "own.yaml", "--export-batch", "batch"], { cwd });
    expect(exported).toMatchObject({ code: 0, stdout: "" });
    expect(await readdir(cwd)).not.toContain("runs");
    await answerAll(`${cwd}/batch`, `${cwd}/answers`);
    const early = await spikebench(["run", "own.yaml", "--import-batch", "answers/out-requests-0.jsonl"], { cwd });
    expect(early).toMatchObject({ code: 2, stdout: "" });
    expect(early.stderr).toContain("[NOT_GENERATED]");
    const run = await spikebench(["run", "own.yaml", "--import-batch", "answers"], { cwd });
    expect(run.code, run.stderr).toBe(0);
    expect(run.stdout).toContain("passages on demo: query2doc by writer; 54 of 54 queries expanded (100.0 %)");
  });

  it("write what a training set asks for, and end well although it has to wait", async () => {
    const cwd = await place();
    const client = `{model: writer, server: cluster, baseUrls: ["${NOWHERE}"], retries: 0}`;
    const declaration = `version: 1\nname: s\ndataset: demo\nleakage: {against: []}\ncandidates: {client: ${client}, samples: 2}\n`;
    await writeFile(`${cwd}/s.yaml`, `${declaration}retriever: bm25\nrewards: [qrels]\nminSimilarity: off\n`);
    const exported = await spikebench(["train-data", "dpo", "s.yaml", "--export-batch", "batch"], { cwd });
    expect(exported, exported.stderr).toMatchObject({ code: 0, stdout: "" });
    expect(exported.stderr).toContain("108 requests to model `writer`");
  });

  it.each([
    { flags: ["--export-batch", "a", "--import-batch", "b"], says: "got both" },
    { flags: ["--export-batch", "a", "--requests-per-file", "many"], says: "--requests-per-file" },
    { flags: ["--export-batch", "a", "--requests-per-file", "50001"], says: "50000" },
    { flags: ["--export-batch", "full"], says: "empty folder" },
    { flags: ["--import-batch", "nowhere"], says: "nowhere" },
    { flags: ["--import-batch", "full"], says: "files of answers" },
    { command: ["run", "own.yaml"], flags: ["--requests-per-file", "5"], says: "--export-batch" },
  ])("refuse in one line, before anything is written: $flags", async ({ command = generate(), flags, says }) => {
    const cwd = await place();
    await mkdir(`${cwd}/full`);
    await writeFile(`${cwd}/full/note.txt`, "");
    await writeFile(`${cwd}/own.yaml`, "version: 1\nname: own\nmatrix: {retriever: [bm25], dataset: [demo]}\n");
    const ended = await spikebench([...command, ...flags], { cwd });
    expect(ended).toMatchObject({ code: 2, stdout: "" });
    expect(ended.stderr).toMatch(/^spikebench: [^\n]*\n$/);
    expect(ended.stderr).toContain(says);
    expect((await readdir(cwd)).sort()).toEqual(["full", "own.yaml"]);
  });
});
