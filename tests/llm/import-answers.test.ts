import { appendFile, mkdir, readFile, truncate, writeFile } from "node:fs/promises";
import { beforeEach, describe, expect, it } from "vitest";
import { openAnswerFiles } from "../../harness/llm/answer-files.ts";
import { completePrompts } from "../../harness/llm/complete-prompts.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { chatStandIn } from "./chat-stand-in.ts";
import { exportedBatch } from "./exported-batch.ts";
import { openedJournals, userPrompts } from "./opened-journals.ts";
import { writeRows } from "./run-batch.ts";

const server = chatStandIn();
const folder = temporaryFolder();
const open = openedJournals();
let made = 0;

beforeEach(() => server.behave({}));

function bench() {
  const root = folder.path(`import-${made++}`);
  return { root, ...exportedBatch({ root, server, open }) };
}

const TEXTS = ["one", "two", "three", "four", "five", "six"];
/** Nothing that was in the files went wrong. */
const CLEAN = { failed: 0, unread: 0, unknown: 0, underWay: 0 };

describe("importAnswers", () => {
  it("keeps what one request each would have brought, whatever the order of lines and files", async () => {
    const { exported, answered, imported, outcomes, root } = bench();
    const rows = await answered((await exported(TEXTS)).files);
    const files = { b: rows.slice(0, 2), a: rows.slice(2).reverse() };
    expect(await imported(TEXTS, files)).toMatchObject({ ...CLEAN, answered: 6, files: 2, lines: 6 });
    const client = server.client();
    const journal = await open({ root: `${root}/online`, client, onWarning: () => undefined });
    await completePrompts({ client, journal, prompts: userPrompts(TEXTS), concurrency: 1 });
    const online = userPrompts(TEXTS).map(async (prompt) => (await journal.find(journal.keyOf(prompt)))?.outcome);
    expect(await outcomes(TEXTS)).toEqual((await Promise.all(online)).map((outcome) => ({ ...outcome, attempt: 0 })));
  });

  it("takes nothing twice, from a file that is read again or a line that stands twice", async () => {
    const { exported, answered, imported, said } = bench();
    const rows = await answered((await exported(TEXTS)).files);
    const first = await imported(TEXTS, { a: rows, b: rows.slice(0, 2) });
    expect(first).toMatchObject({ ...CLEAN, answered: 6, kept: 0 });
    expect(said.at(-1)).toMatch(
      /^6 answers taken, 0 failures; 2 repeat what is kept, 0 say that the server failed; 0 /,
    );
    const again = await imported(TEXTS, { a: rows });
    expect(again).toMatchObject({ ...CLEAN, answered: 0, kept: 6 });
    expect(said.at(-1)).toMatch(/^0 answers taken, 0 failures; 6 repeat what is kept/);
  });

  it("takes a part, says what is still missing, and an online job asks for the rest alone", async () => {
    const { exported, answered, imported, root } = bench();
    const rows = await answered((await exported(TEXTS)).files);
    expect(await imported(TEXTS, { a: rows.slice(0, 4) })).toMatchObject({ ...CLEAN, answered: 4, underWay: 2 });
    await server.log();
    const client = server.client();
    const journal = await open({ root: `${root}/cache`, client, onWarning: () => undefined });
    const totals = await completePrompts({ client, journal, prompts: userPrompts(TEXTS), concurrency: 1 });
    expect(totals).toMatchObject({ kept: 4, answered: 2 });
    expect((await server.log()).map(({ messages }) => messages?.[0]?.content)).toEqual(["five", "six"]);
  });

  it("counts answers that nobody asked for, and takes none of them", async () => {
    const { exported, answered, imported } = bench();
    const rows = await answered((await exported(["one", "two", "else"])).files);
    const strange = [
      { ...rows[0], custom_id: "request-1" },
      { ...rows[0], custom_id: `${"0".repeat(64)}.0` },
    ];
    expect(await imported(["one", "two"], { a: [...strange, ...rows] })).toMatchObject({
      ...CLEAN,
      answered: 2,
      unknown: 3,
      lines: 5,
    });
  });

  it("passes over a last line that is cut off, also within a character, and over what is no answer", async () => {
    const { exported, answered, root, read } = bench();
    const rows = await answered((await exported(TEXTS)).files);
    const path = `${root}/cut`;
    await mkdir(path);
    const file = `${path}/out.jsonl`;
    await writeRows(file, rows.slice(0, 3));
    await appendFile(file, `not JSON\n\n[]\n{"custom_id":"a"}\n`);
    const whole = (await readFile(file)).length;
    await appendFile(file, JSON.stringify({ ...rows[3], note: "\u{1F35E}" }));
    // four bytes of the loaf, a quote and a brace: two bytes of the loaf are left
    await truncate(file, (await readFile(file)).length - 4);
    expect((await readFile(file)).length).toBeGreaterThan(whole);
    expect(await read(path, TEXTS)).toMatchObject({ ...CLEAN, answered: 3, unread: 4, lines: 7, underWay: 3 });
    // a last line without an end that is whole
    await writeFile(file, rows.map((row) => JSON.stringify(row)).join("\r\n"));
    expect(await read(file, TEXTS)).toMatchObject({ ...CLEAN, answered: 3, kept: 3, files: 1, lines: 6 });
  });

  it("tells failures of prompts, of the server and of answers apart, in the layouts of vLLM and OpenAI", async () => {
    const { exported, answered, imported, outcomes, said } = bench();
    const texts = ["one", "two [status 400]", "three", "four [status 500]", "five [prose]", "six", "seven"];
    const rows = [...(await answered((await exported(texts)).files))];
    const id = (index: number) => ({ custom_id: rows[index]?.["custom_id"] });
    // an exception in vLLM; OpenAI's refusal of a request, and of what it did not get to
    rows[2] = { ...id(2), response: { status_code: 400, request_id: "r", body: null }, error: "prompt too long" };
    rows[5] = { ...id(5), response: { status_code: 422, body: { error: { message: "no such format" } } }, error: null };
    rows[6] = { ...id(6), response: null, error: { code: "batch_expired", message: "too late" } };
    expect(await imported(texts, { a: rows })).toMatchObject({ ...CLEAN, answered: 1, failed: 4, underWay: 2 });
    expect(
      (await outcomes(texts)).map((outcome) => (outcome?.status === "failed" ? outcome.why : outcome?.status)),
    ).toEqual([
      ...[
        "answered",
        "a.jsonl:2: the server answers 400 not this one",
        "a.jsonl:3: the server answers 400 prompt too long",
      ],
      ...[undefined, "answered", "a.jsonl:6: the server answers 422 no such format", undefined],
    ]);
    expect(said.at(-2)).toMatch(
      /^1 answers taken, 4 failures; 0 repeat what is kept, 2 say that the server failed; 2 /,
    );
    expect(said.at(-1)).toBe("the first failure: a.jsonl:2: the server answers 400 not this one");
  });

  it("leaves every prompt open where a model of another name was served", async () => {
    const { exported, answered, imported, outcomes, said } = bench();
    const rows = await answered((await exported(TEXTS)).files, "/models/writer");
    expect(await imported(TEXTS, { a: rows })).toMatchObject({ ...CLEAN, answered: 0, underWay: 6 });
    expect(said.at(-1)).toContain("the server answers 404 The model `writer` does not exist.");
    expect(await outcomes(TEXTS)).toEqual(TEXTS.map(() => undefined));
  });

  it("ends at the first answer of another model, unless it is told that any will do", async () => {
    await server.behave({ always: { model: "other" } });
    const { exported, answered, imported } = bench();
    const rows = await answered((await exported(TEXTS)).files);
    await expect(imported(TEXTS, { a: rows })).rejects.toMatchObject({
      code: "REMOTE_REFUSED",
      where: "a.jsonl:1",
      message: expect.stringContaining("`other`"),
    });
    const client = { servedModel: "*" };
    const named = await answered((await exported(TEXTS, { client })).files);
    expect(await imported(TEXTS, { a: named }, { client })).toMatchObject({ ...CLEAN, answered: 6 });
  });

  it("keeps an answer before a failure, in one file, in two, and when a failure was taken before", async () => {
    const { exported, answered, imported, outcomes } = bench();
    const rows = await answered((await exported(["one", "two"])).files);
    const failures = rows.map((row) => ({ ...row, response: { status_code: 400, body: null }, error: "engine" }));
    expect(await imported(["one", "two"], { a: failures, b: rows.slice(0, 1) })).toMatchObject({
      answered: 1,
      failed: 1,
    });
    expect((await outcomes(["one", "two"])).map((outcome) => outcome?.status)).toEqual(["answered", "failed"]);
    expect(await imported(["one", "two"], { a: rows, b: failures })).toMatchObject({ answered: 1, failed: 0, kept: 2 });
    expect((await outcomes(["one", "two"])).map((outcome) => outcome?.status)).toEqual(["answered", "answered"]);
  });

  it("keeps no failure when more fail than the budget allows, but keeps every answer", async () => {
    const { exported, answered, imported, outcomes } = bench();
    const texts = Array.from({ length: 20 }, (_, index) => `text ${index}`);
    const rows = (await answered((await exported(texts)).files)).map((row, index) =>
      index < 5 ? { ...row, response: { status_code: 400, body: null }, error: "engine dead" } : row,
    );
    // 5 of 20 are a quarter
    const taking = (failureBudget: number) => imported(texts, { a: rows }, { failureBudget });
    await expect(taking(0.24)).rejects.toMatchObject({ code: "BUDGET_SPENT" });
    const statuses = async () => (await outcomes(texts)).map((outcome) => outcome?.status);
    expect(await statuses()).toEqual([...Array(5).fill(undefined), ...Array(15).fill("answered")]);
    expect(await taking(0.25)).toMatchObject({ answered: 0, failed: 5, kept: 15, underWay: 0 });
    expect(await statuses()).toEqual([...Array(5).fill("failed"), ...Array(15).fill("answered")]);
  });
});

describe("openAnswerFiles", () => {
  it("reads the answers of a folder and not its requests or its manifest", async () => {
    const { exported, answered, read } = bench();
    const { path, files } = await exported(TEXTS, { perFile: 4 });
    await expect(openAnswerFiles(path)).rejects.toMatchObject({
      code: "FILE_MISSING",
      message: expect.stringContaining("files of requests only"),
    });
    await writeRows(`${path}/answers-0.jsonl`, await answered(files));
    expect(await read(path, TEXTS)).toMatchObject({ ...CLEAN, answered: 6, files: 1, lines: 6 });
  });

  it("says that there is no such folder, or nothing in it, or that no pass was made", async () => {
    const path = folder.path(`empty-${made++}`);
    await expect(openAnswerFiles(path)).rejects.toMatchObject({ code: "FILE_MISSING" });
    await mkdir(path);
    await expect(openAnswerFiles(path)).rejects.toMatchObject({ code: "FILE_MISSING" });
    await writeFile(`${path}/a.jsonl`, "");
    expect((await openAnswerFiles(path)).count()).toBeUndefined();
  });
});
