import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { type JournalEntry, readJournalLine } from "../../harness/llm/journal-lines.ts";
import { promptKeys } from "../../harness/llm/prompt-key.ts";
import { type Ended, spikebench } from "../cli/spikebench.ts";
import { writeBeirFolder } from "../datasets/beir-folder.ts";
import { chatStandIn } from "../llm/chat-stand-in.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const DOCUMENTS = 500;
const KILLS = 20;
const CONCURRENCY = 16;
/** Of the moments of death. */
const SEED = 20_261_125;

const server = chatStandIn({ requests: 20_000, seconds: 230 });
const folder = temporaryFolder();

/** What becomes of a few documents for good: refused, unreadable, noise, to be repaired. */
const MARKS = ["[refusal]", "[prose]", "[noise]", "[fence]", "[length]", "[empty]", "[comma]", "[filter]"];

async function library(name: string): Promise<string> {
  const corpus = Array.from({ length: DOCUMENTS }, (_, index) => {
    const mark = index % 12 === 5 ? MARKS[((index / 12) % MARKS.length) | 0] : "";
    return { _id: `d${index}`, text: `Document ${index} tells of water, bread and number ${index * 7919}. ${mark}` };
  });
  const queries = [{ _id: "q", text: "water" }];
  await writeBeirFolder(folder.path(`${name}/data`), { corpus, queries, qrels: [["q", "d0", 1]] });
  return folder.path(name);
}

type Watch = NonNullable<Parameters<typeof spikebench>[1]["watch"]>;

async function generate(cwd: string, watch?: Watch): Promise<Ended> {
  const args = ["--dataset", "library", "--data", "library=data", "--model", "writer", "--server", "stand-in"];
  const servers = ["--base-url", server.baseUrl(0), "--base-url", server.baseUrl(1)];
  const pace = ["--concurrency", `${CONCURRENCY}`, "--timeout", "2", "--failure-budget", "1", "--to", "set.jsonl"];
  const command = ["scenarios", "generate", ...args, ...servers, ...pace];
  return await spikebench(command, { cwd, ...(watch === undefined ? {} : { watch }) });
}

/** Numbers in [0, 1), the same in every run. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

type Journal = {
  readonly entries: readonly JournalEntry[];
  readonly torn: number;
  readonly keyOf: (request: object) => string;
};

/** All whole lines of all processes, and how many files end in a torn one. */
async function journalOf(cwd: string): Promise<Journal> {
  const root = join(cwd, "cache", "completions");
  const [name = ""] = await readdir(root).catch(() => []);
  const record = await readFile(join(root, name, "client.json"), "utf8").catch(() => "{}");
  const names = (await readdir(join(root, name)).catch(() => [])).filter((file) => file.endsWith(".jsonl"));
  const texts = await Promise.all(names.map((file) => readFile(join(root, name, file), "utf8")));
  const entries = texts.flatMap((text) => text.split("\n").slice(0, -1)).map(readJournalLine);
  const keys = promptKeys(JSON.parse(record));
  return {
    entries: entries.filter((entry) => entry !== undefined),
    torn: texts.filter((text) => text !== "" && !text.endsWith("\n")).length,
    keyOf: (request) => {
      const { messages, response_format: format } = asked.parse(request);
      return keys({ messages, schema: { name: "scenarios", schema: format.json_schema.schema } });
    },
  };
}

const message = z.object({ role: z.enum(["system", "user", "assistant"]), content: z.string() });
const asked = z.object({
  messages: z.array(message),
  response_format: z.object({ json_schema: z.object({ schema: z.json() }) }),
});

/** Generates until the server has seen some requests and some milliseconds more have passed; then kills. */
async function generateAndKill(cwd: string, after: { readonly requests: number; readonly milliseconds: number }) {
  const requests: object[] = [];
  let watching = Promise.resolve();
  const ended = await generate(cwd, (child) => {
    async function watch(): Promise<void> {
      while (requests.length < after.requests && child.exitCode === null) {
        requests.push(...(await server.log()));
        await setTimeout(5);
      }
      await setTimeout(after.milliseconds);
      child.kill("SIGKILL");
    }
    watching = watch();
  });
  await watching;
  requests.push(...(await server.log()));
  return { ended, requests };
}

describe("a generation that is killed", () => {
  it(`${KILLS} times at random moments, against a flaky server, ends as an undisturbed one`, async () => {
    const calm = await library("calm");
    await server.behave({ always: { delay: 2 } });
    expect(await generate(calm)).toMatchObject({ code: 0 });
    const cwd = await library("killed");
    await server.behave({ flaky: 0.25, always: { delay: 10 } });
    const random = numbers(SEED);
    process.stdout.write(`${DOCUMENTS} documents, ${KILLS} kills, seed ${SEED}\n`);
    let kept = new Set<string>();
    let repeated = 0;
    for (let kill = 1; kill <= KILLS; kill++) {
      const moment = { requests: 1 + Math.floor(random() * 45), milliseconds: Math.floor(random() * 25) };
      const { ended, requests } = await generateAndKill(cwd, moment);
      expect(ended.signal, ended.stderr).toBe("SIGKILL");
      const { entries, torn, keyOf } = await journalOf(cwd);
      const keys = new Set(requests.map(keyOf));
      const again = [...keys].filter((key) => kept.has(key));
      kept = new Set(entries.map(({ key }) => key));
      const lost = [...keys].filter((key) => !kept.has(key)).length;
      repeated += lost;
      const known = `${kept.size} documents in the journal, ${lost} lost under way, ${torn} torn lines`;
      process.stdout.write(`kill ${kill}: after ${requests.length} requests; ${known}; ${again.length} asked again\n`);
      expect(again).toEqual([]);
      expect(lost).toBeLessThanOrEqual(CONCURRENCY);
    }
    expect(kept.size).toBeLessThan(DOCUMENTS);
    await server.log();
    const { code, stdout } = await generate(cwd);
    const { entries, keyOf } = await journalOf(cwd);
    const last = new Set((await server.log()).map(keyOf));
    process.stdout.write(
      `then undisturbed: ${last.size} documents asked; ${repeated} requests were lost in all\n${stdout}`,
    );
    expect(code).toBe(0);
    expect([...last].filter((key) => kept.has(key))).toEqual([]);
    // one line a document, whatever happened
    expect(entries).toHaveLength(DOCUMENTS);
    expect(new Set(entries.map(({ key }) => key)).size).toBe(DOCUMENTS);
    for (const name of ["set.jsonl", "set.raw.jsonl.gz"]) {
      expect(await readFile(join(cwd, name)), name).toEqual(await readFile(join(calm, name)));
    }
    const [one, other] = await Promise.all([calm, cwd].map((place) => manifestOf(place)));
    expect(other).toEqual(one);
  }, 220_000);
});

/** A manifest without its dates. */
async function manifestOf(cwd: string): Promise<unknown> {
  const manifest = JSON.parse(await readFile(join(cwd, "set.manifest.json"), "utf8"));
  return { ...manifest, source: { ...manifest.source, dates: undefined } };
}
