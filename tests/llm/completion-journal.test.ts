import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { type CompletionJournal, openJournal } from "../../harness/llm/completion-journal.ts";
import type { Outcome, Prompt } from "../../harness/llm/types.ts";
import { fc } from "../seeded-fast-check.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const folder = temporaryFolder();
const client = { identity: { model: "writer" } };
let made = 0;
let opened: CompletionJournal[] = [];

afterEach(async () => {
  await Promise.all(opened.map((journal) => journal.close()));
  opened = [];
});

function prompt(content: string, more: Partial<Prompt> = {}): Prompt {
  return { messages: [{ role: "user", content }], ...more };
}

function answered(text: string): Outcome {
  return { status: "answered", text, finish: "stop", model: "writer" };
}

const FAILED: Outcome = { status: "failed", why: "empty" };

/** A journal in a new folder, or in one that is there, with what it warned of. */
async function open(root = folder.path(`journal-${made++}`)) {
  const warnings: string[] = [];
  const onWarning = (text: string) => warnings.push(text);
  const journal = await openJournal({ root, client, onWarning, now: () => "2026-01-01T00:00:00.000Z" });
  opened.push(journal);
  return { journal, root, warnings };
}

async function add(journal: CompletionJournal, text: string, outcome: Outcome, attempt = 0): Promise<string> {
  const key = journal.keyOf(prompt(text));
  await journal.add(key, outcome, attempt);
  return key;
}

/** The lines of all files, in the order of the files. */
async function lines(journal: CompletionJournal): Promise<readonly string[]> {
  const names = (await readdir(journal.folder)).filter((name) => name.endsWith(".jsonl")).sort();
  const texts = await Promise.all(names.map((name) => readFile(join(journal.folder, name), "utf8")));
  return texts.flatMap((text) => text.split("\n").filter((line) => line !== ""));
}

describe("a completion journal", () => {
  it("gives back any text that was added, in this process and in the next", async () => {
    const { journal, root } = await open();
    const texts = fc.sample(fc.string({ unit: "binary" }), 40);
    await Promise.all(texts.map((text, index) => add(journal, `p${index}`, answered(text))));
    await journal.close();
    const { journal: next } = await open(root);
    for (const [index, text] of texts.entries()) {
      const key = next.keyOf(prompt(`p${index}`));
      const expected = { key, attempt: 0, at: "2026-01-01T00:00:00.000Z", outcome: answered(text) };
      for (const one of [journal, next]) expect(await one.find(key)).toEqual(expected);
    }
  });

  it("has an outcome on disk before `add` resolves", async () => {
    const { journal } = await open();
    for (const text of ["a", "b", "c"]) {
      await add(journal, text, answered(text));
      expect((await lines(journal)).at(-1)).toContain(`"text":"${text}"`);
    }
    await journal.close();
  });

  it("passes over what a process that died left of a line, without a word, and asks that prompt again", async () => {
    const { journal, root } = await open();
    const key = await add(journal, "a", answered("whole"));
    const torn = await add(journal, "b", answered("torn"));
    await journal.close();
    const [name = ""] = (await readdir(journal.folder)).filter((file) => file.endsWith(".jsonl"));
    const path = join(journal.folder, name);
    const bytes = await readFile(path);
    await writeFile(path, bytes.subarray(0, bytes.length - 9));
    const { journal: next, warnings } = await open(root);
    expect(await next.find(key)).toMatchObject({ outcome: answered("whole") });
    expect(next.kept(torn)).toBeUndefined();
    expect(warnings).toEqual([]);
  });

  it("never takes a damaged line for an outcome, whatever byte is changed, and says so", async () => {
    const { journal, root } = await open();
    const key = await add(journal, "a", answered("an answer of some length"));
    await journal.close();
    const [name = ""] = (await readdir(journal.folder)).filter((file) => file.endsWith(".jsonl"));
    const path = join(journal.folder, name);
    const bytes = await readFile(path);
    for (let at = 0; at < bytes.length - 1; at += 3) {
      const damaged = Buffer.from(bytes);
      damaged.writeUInt8(bytes.readUInt8(at) ^ 1, at);
      await writeFile(path, damaged);
      const { journal: next, warnings } = await open(root);
      expect(next.kept(key)).toBeUndefined();
      expect(warnings).toHaveLength(1);
    }
  });

  it("takes in what another process adds while both run", async () => {
    const { journal, root } = await open();
    const { journal: other } = await open(root);
    const key = await add(other, "a", answered("from the other"));
    expect(journal.kept(key)).toBeUndefined();
    await journal.refresh();
    expect(journal.kept(key)).toMatchObject({ status: "answered", attempt: 0 });
    await other.close();
  });

  it("keeps apart prompts by all that they say, and clients by what they are", async () => {
    const { journal } = await open();
    const schema = { name: "s", schema: { type: "object" } };
    const prompts = [
      prompt("a"),
      prompt("b"),
      prompt("a", { sample: 1 }),
      prompt("a", { schema }),
      { messages: [{ role: "system", content: "a" }] } as const,
      { messages: [...prompt("a").messages, ...prompt("").messages] },
    ];
    expect(new Set(prompts.map(journal.keyOf)).size).toBe(prompts.length);
    expect(journal.keyOf(prompt("a", { schema: { ...schema, name: "other" } }))).toBe(
      journal.keyOf(prompt("a", { schema })),
    );
    const other = await openJournal({ root: folder.path("x"), client: { identity: "x" }, onWarning: () => undefined });
    expect(other.keyOf(prompt("a"))).not.toBe(journal.keyOf(prompt("a")));
  });

  it.each([
    { first: [FAILED, 0], second: [answered("x"), 0], counts: answered("x") },
    { first: [answered("x"), 0], second: [FAILED, 0], counts: answered("x") },
    { first: [answered("x"), 0], second: [answered("y"), 1], counts: answered("y") },
    { first: [answered("x"), 0], second: [FAILED, 1], counts: FAILED },
    { first: [answered("x"), 0], second: [answered("y"), 0], counts: answered("x") },
  ] as const)("of two outcomes of a prompt every reader chooses the same: %j", async ({ first, second, counts }) => {
    const { journal, root } = await open();
    const key = await add(journal, "a", first[0], first[1]);
    await add(journal, "a", second[0], second[1]);
    await journal.close();
    expect((await journal.find(key))?.outcome).toEqual(counts);
    expect((await (await open(root)).journal.find(key))?.outcome).toEqual(counts);
  });

  it("of two processes' answers chooses the same for both, once they have read each other", async () => {
    const { journal: one, root } = await open();
    const { journal: other } = await open(root);
    const key = await add(one, "a", answered("of one"));
    await add(other, "a", answered("of the other"));
    await Promise.all([one.refresh(), other.refresh()]);
    expect(await one.find(key)).toEqual(await other.find(key));
    await Promise.all([one.close(), other.close()]);
  });

  it("writes no secret and says in clear whose outcomes a folder holds", async () => {
    const { journal } = await open();
    await add(journal, "a", answered("x"));
    await journal.close();
    expect(JSON.parse(await readFile(join(journal.folder, "client.json"), "utf8"))).toEqual({ schema: 1, ...client });
  });

  it("says that it cannot write, and goes on saying so: offsets behind a failed write mean nothing", async () => {
    const { journal, root } = await open();
    await writeFile(root, "a file where the folder should be");
    await expect(add(journal, "a", answered("x"))).rejects.toMatchObject({ code: "NOT_WRITABLE" });
    await rm(root);
    await expect(add(journal, "b", answered("y"))).rejects.toMatchObject({ code: "NOT_WRITABLE" });
    expect(journal.kept(journal.keyOf(prompt("b")))).toBeUndefined();
    await journal.close();
  });
});
