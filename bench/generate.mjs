// What the harness itself costs per completion, and whether its memory stays flat: 10,000 documents at concurrency 64, the chat
// server in a process of its own. Build first:
//   npx tsc -p tsconfig.build.json && node build-assets.mjs && node --expose-gc bench/generate.mjs
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { completePrompts } from "../dist/llm/complete-prompts.js";
import { openJournal } from "../dist/llm/completion-journal.js";
import { openChatClient } from "../dist/llm/openai.js";
import { chatOptions } from "../dist/llm/openai-options.js";
import { answerJsonSchema } from "../dist/scenarios/answer-schema.js";
import { generationOptions } from "../dist/scenarios/generation-options.js";
import { entriesOfOutcome } from "../dist/scenarios/outcome-entries.js";
import { openGeneration } from "../dist/scenarios/scenario-generation.js";

const INSTANT = { status: "answered", text: "x".repeat(900), finish: "stop", model: "writer" };
const DOCUMENTS = 10_000;
const CONCURRENCY = 64;
const WORDS = 200;
const SAMPLES = 8;

function textOf(index) {
  const words = Array.from({ length: WORDS }, (_, word) => `word${(index * 31 + word * 7919) % 4099}`);
  return `Document ${index}: ${words.join(" ")}`;
}

/** Documents of the bench, made beforehand so that making them is not measured. */
const texts = Array.from({ length: DOCUMENTS }, (_, index) => textOf(index));

function corpusOf(chosen) {
  return { views: () => chosen.map((text, index) => ({ id: `d${index}`, title: "", text })) };
}

function say(text) {
  process.stdout.write(`${text}\n`);
}

function megabytes() {
  globalThis.gc?.();
  const { heapUsed, external, rss } = process.memoryUsage();
  return `heap ${(heapUsed / 1e6).toFixed(0)} MB, external ${(external / 1e6).toFixed(0)} MB, RSS ${(rss / 1e6).toFixed(0)} MB`;
}

async function measure(label, count, work) {
  const cpu = process.cpuUsage();
  const start = performance.now();
  await work();
  const { user, system } = process.cpuUsage(cpu);
  const seconds = (performance.now() - start) / 1_000;
  const perItem = (user + system) / 1_000 / count;
  say(
    `${label}: ${seconds.toFixed(1)} s, ${perItem.toFixed(3)} ms of CPU each (user ${(user / 1e6).toFixed(1)} s, system ${(system / 1e6).toFixed(1)} s)`,
  );
  return perItem;
}

const server = fork(new URL("../tests/llm/chat-server.mjs", import.meta.url), ["100000", "600"], { execArgv: [] });
const [{ ports }] = await once(server, "message");
const told = once(server, "message");
server.send({ settings: { logged: false } });
await told;
const root = await mkdtemp(join(tmpdir(), "bench-"));
try {
  say(
    `Node ${process.version}, ${cpus()[0]?.model}; ${DOCUMENTS} documents of ${WORDS} words, concurrency ${CONCURRENCY}`,
  );
  const client = {
    model: "writer",
    baseUrls: ports.map((port) => `http://127.0.0.1:${port}/v1`),
    concurrency: CONCURRENCY,
  };
  const open = (chosen, folder) => {
    const docIds = chosen.map((_, index) => `d${index}`);
    const request = { datasetId: "bench", docIds, corpus: corpusOf(chosen), folder };
    return openGeneration(generationOptions.parse({ client }), request, services);
  };
  const services = { completions: root, signal: new AbortController().signal };
  const first = await open(
    texts.slice(0, 500).map((text) => `Warm: ${text}`),
    root,
  );
  await first.generate(await first.estimate(), {});
  await first.close();
  const generation = await open(texts, root);
  const estimate = await generation.estimate();
  say(`before: ${megabytes()}`);
  let next = DOCUMENTS / SAMPLES;
  const generating = await measure("generate", DOCUMENTS, () =>
    generation.generate(estimate, {
      onProgress({ answered, failed }) {
        if (answered + failed < next) return;
        next += DOCUMENTS / SAMPLES;
        say(`  after ${answered + failed}: ${megabytes()}`);
      },
    }),
  );
  await measure("estimate again", DOCUMENTS, () => generation.estimate());
  await measure("read and parse all answers", DOCUMENTS, async () => {
    for await (const outcome of generation.outcomes()) entriesOfOutcome(outcome);
  });
  await generation.close();

  // the floor: the same bytes with fetch alone, and the client without journal and parsing
  const { template } = generation;
  const filled = texts.map((document) => [{ role: "user", content: template.fill({ document, dataset: "bench" }) }]);
  const schema = { name: "scenarios", schema: answerJsonSchema };
  const format = { type: "json_schema", json_schema: { ...schema, strict: true } };
  const bodies = filled.map((messages) => JSON.stringify({ model: "writer", messages, response_format: format }));
  const floor = await measure("fetch alone", DOCUMENTS, () =>
    inParallel(async (index) => {
      const url = `http://127.0.0.1:${ports[index % ports.length]}/v1/chat/completions`;
      const headers = { "content-type": "application/json" };
      await (await fetch(url, { method: "POST", body: bodies[index], headers })).text();
    }),
  );
  const chat = openChatClient(chatOptions.parse(client));
  await measure("client alone", DOCUMENTS, () =>
    inParallel((index) => chat.complete({ messages: filled[index], schema })),
  );
  const instant = { identity: "instant", priced: false, costOf: () => undefined, complete: async () => INSTANT };
  const journal = await openJournal({ root, client: instant, onWarning: say });
  const prompts = filled.map((messages) => ({ messages, schema }));
  await measure("journal alone", DOCUMENTS, () =>
    completePrompts({ client: instant, journal, prompts, concurrency: CONCURRENCY }),
  );
  await journal.close();
  say(`beyond fetch alone: ${(generating - floor).toFixed(3)} ms of CPU each`);
} finally {
  server.disconnect();
  await rm(root, { recursive: true });
}

async function inParallel(work) {
  let index = 0;
  await Promise.all(
    Array.from({ length: CONCURRENCY }, async () => {
      while (index < DOCUMENTS) await work(index++);
    }),
  );
}
