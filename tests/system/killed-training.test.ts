import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { type Ended, spikebench } from "../cli/spikebench.ts";
import { writeBeirFolder } from "../datasets/beir-folder.ts";
import { chatStandIn } from "../llm/chat-stand-in.ts";
import { filesBelow } from "../pipeline/workspace.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const QUERIES = 60;
const SAMPLES = 3;
const TEMPERATURES = 2;
const KILLS = 6;
const CONCURRENCY = 8;
/** A sample at every temperature, and an answer. */
const PROMPTS = QUERIES * (SAMPLES * TEMPERATURES + 1);

const server = chatStandIn({ requests: 20_000, seconds: 230 });
const folder = temporaryFolder();

async function library(name: string): Promise<string> {
  const corpus = Array.from({ length: QUERIES }, (_, at) => ({
    _id: `d${at}`,
    text: `Water and bread, number ${at * 7919}.`,
  }));
  const queries = corpus.map((_, at) => ({
    _id: `q${at}`,
    text: `What is known of number ${at * 7919}? ${at % 10 === 3 ? "[refusal]" : ""}`,
  }));
  await writeBeirFolder(folder.path(`${name}/data`), {
    corpus,
    queries,
    qrels: queries.map(({ _id }, at) => [_id, `d${at}`, 1] as const),
  });
  const client = `model: writer, server: stand-in, baseUrls: ["${server.baseUrl()}"], concurrency: ${CONCURRENCY}, timeoutSeconds: 2`;
  await writeFile(
    folder.path(`${name}/set.yaml`),
    `version: 1
name: set
dataset: library
candidates: {client: {${client}, seed: 1}, samples: ${SAMPLES}, temperatures: [0.8, 1.1], failureBudget: 1}
answers: {client: {${client}}, failureBudget: 1}
minSimilarity: off
leakage: {against: []}
`,
  );
  return folder.path(name);
}

type Watch = NonNullable<Parameters<typeof spikebench>[1]["watch"]>;

async function build(cwd: string, watch?: Watch): Promise<Ended> {
  const command = ["train-data", "dpo", "set.yaml", "--data", "library=data", "--generate"];
  return await spikebench(command, { cwd, ...(watch === undefined ? {} : { watch }) });
}

/** Whole lines in the journals of all clients. */
async function kept(cwd: string): Promise<number> {
  const root = join(cwd, "cache", "completions");
  const names = await readdir(root, { recursive: true }).catch(() => []);
  const texts = await Promise.all(
    names.filter((name) => name.endsWith(".jsonl")).map((name) => readFile(join(root, name), "utf8")),
  );
  return texts.reduce((sum, text) => sum + text.split("\n").length - 1, 0);
}

describe("a DPO set whose making is killed", () => {
  it(`${KILLS} times while a model is asked ends as an undisturbed one, and asks little twice`, async () => {
    await server.behave({ always: { seeded: true } });
    const calm = await library("calm");
    expect(await build(calm)).toMatchObject({ code: 0 });
    expect(await server.log()).toHaveLength(PROMPTS);
    const cwd = await library("killed");
    await server.behave({ always: { seeded: true, delay: 10 } });
    let asked = 0;
    for (let kill = 1; kill <= KILLS; kill++) {
      const before = await kept(cwd);
      let watching = Promise.resolve();
      const ended = await build(cwd, (child) => {
        async function watch(): Promise<void> {
          let seen = 0;
          while (seen < 20 + kill * 7 && child.exitCode === null) {
            const { length } = await server.log();
            seen += length;
            asked += length;
            await setTimeout(5);
          }
          child.kill("SIGKILL");
        }
        watching = watch();
      });
      await watching;
      expect(ended.signal, ended.stderr).toBe("SIGKILL");
      asked += (await server.log()).length;
      const now = await kept(cwd);
      process.stdout.write(`kill ${kill}: ${now} outcomes in the journals, ${now - before} new\n`);
      expect(now).toBeGreaterThan(before);
    }
    expect(await kept(cwd)).toBeLessThan(PROMPTS);
    expect(await build(cwd)).toMatchObject({ code: 0 });
    asked += (await server.log()).length;
    process.stdout.write(`${asked} requests for ${PROMPTS} prompts\n`);
    // at each death no more is lost than was under way
    expect(asked).toBeLessThanOrEqual(PROMPTS + KILLS * CONCURRENCY);
    expect(await kept(cwd)).toBe(PROMPTS);
    expect(await filesBelow(join(cwd, "training"))).toEqual(await filesBelow(join(calm, "training")));
  }, 220_000);
});
