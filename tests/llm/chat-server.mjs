// A small OpenAI-compatible chat server on loopback, in a process of its own, with the Batch API. It answers every prompt in
// the same way at all times: scenarios made of the prompt's words, or what a mark such as [refusal] in the prompt asks for.
// Rules, one a request, and a flaky mode add the faults of a network. Started by tests/llm/chat-stand-in.ts.
import { createHash } from "node:crypto";
import { standIn } from "../stand-in-process.mjs";
import { openBatchApi } from "./batch-api.mjs";

const settings = { rules: [], always: {}, flaky: 0, logged: true, batch: {} };
/** Faults that pass, and how often each prompt met one in a row. */
const FAULTS = ["429", "500", "503", "cut", "noJson", "stall"];
const faultsInARow = new Map();
let log = [];
let underWay = 0;
let random = 1;

function nextRandom() {
  random = (Math.imul(random, 1664525) + 1013904223) >>> 0;
  return random / 2 ** 32;
}

function hashOf(text) {
  return createHash("sha256").update(text).digest("hex");
}

/** The same text for the same prompt, but for the seed. */
function textFor(prompt, seed) {
  const words = [...new Set(prompt.toLowerCase().match(/[a-z]{4,}/g) ?? ["nothing"])];
  const digest = createHash("sha256")
    .update(`${seed ?? ""}${prompt}`)
    .digest();
  const word = (index) => words[digest[index] % words.length];
  const items = Array.from({ length: 3 + (digest[0] % 4) }, (_, index) => ({
    information_need: `Somebody wonders how ${word(index + 1)} bears on ${word(index + 7)} (${digest.readUInt16LE(index)}).`,
    explanation: `What is known of ${word(index + 2)} carries over to ${word(index + 11)}.`,
  }));
  return JSON.stringify({
    document_analysis: { main_topic: `On ${word(20)}`, key_points: [`${word(21)} matters.`, `${word(22)} is rare.`] },
    information_needs: items.map((item) => item.information_need),
    explanation: items,
  });
}

const NOISE = {
  document_analysis: { main_topic: "NOISE DOCUMENT", key_points: [] },
  information_needs: ["NOISE DOCUMENT"],
  explanation: [{ information_need: "NOISE DOCUMENT", explanation: "NOISE DOCUMENT" }],
};

/** What marks in a prompt make of its answer. */
const MARKS = {
  "[refusal]": () => ({ message: { content: null, refusal: "I will not." } }),
  "[filter]": (text) => ({ message: { content: text.slice(0, 9) }, finish_reason: "content_filter" }),
  "[empty]": () => ({ message: { content: "" } }),
  "[prose]": () => ({ message: { content: "I have no idea what to write." } }),
  "[fence]": (text) => ({ message: { content: `Here it is:\n\`\`\`json\n${text}\n\`\`\`\n` } }),
  "[comma]": (text) => ({ message: { content: text.replace(/\]\}$/, ",]}") } }),
  "[length]": (text) => ({ message: { content: text.slice(0, text.length - 30) }, finish_reason: "length" }),
  "[noise]": () => ({ message: { content: JSON.stringify(NOISE) } }),
};

function completionOf(asked, rule) {
  const prompt = asked.messages.map(({ content }) => content).join("\n");
  const text = rule.text ?? textFor(prompt, rule.seeded ? asked.seed : undefined);
  const mark = Object.keys(MARKS).find((name) => prompt.includes(name));
  const choice = mark === undefined ? { message: { content: text } } : MARKS[mark](text);
  const tokens = Math.ceil(prompt.length / 4);
  const usage = { prompt_tokens: tokens, completion_tokens: Math.ceil(text.length / 4) };
  return {
    id: `chat-${hashOf(prompt).slice(0, 8)}`,
    object: "chat.completion",
    model: rule.model ?? asked.model,
    choices: [{ index: 0, finish_reason: "stop", ...choice }],
    ...(rule.noUsage ? {} : { usage: { ...usage, total_tokens: usage.prompt_tokens + usage.completion_tokens } }),
  };
}

/** A fault that passes, now and then: never more than two in a row for a prompt. */
function flakyRule(prompt) {
  const before = faultsInARow.get(prompt) ?? 0;
  const fault =
    before < 2 && nextRandom() < settings.flaky ? FAULTS[Math.floor(nextRandom() * FAULTS.length)] : undefined;
  faultsInARow.set(prompt, fault === undefined ? 0 : before + 1);
  switch (fault) {
    case undefined:
      return {};
    case "429":
      return { status: 429, headers: { "retry-after": "0" } };
    case "500":
    case "503":
      return { status: Number(fault) };
    default:
      return { [fault]: true };
  }
}

function respond(response, status, body, headers = {}) {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(typeof body === "string" ? body : JSON.stringify(body));
}

async function chat(request, response, body) {
  const asked = JSON.parse(body);
  const prompt = asked.messages.map(({ content }) => content).join("\n");
  const poison = /\[status (\d+)\]/.exec(prompt)?.[1];
  const rule = { ...settings.always, ...flakyRule(prompt), ...settings.rules.shift() };
  if (settings.logged) log.push({ ...asked, headers: request.headers, atOnce: underWay });
  if (rule.delay) await new Promise((resolve) => setTimeout(resolve, rule.delay));
  const status = poison ?? rule.status;
  if (status !== undefined) {
    respond(response, Number(status), { error: { message: rule.message ?? "no" } }, rule.headers);
    return;
  }
  const bytes = rule.noJson ? "<html>busy</html>" : JSON.stringify(completionOf(asked, rule));
  if (!rule.cut && !rule.stall) {
    respond(response, 200, bytes);
    return;
  }
  response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(bytes) });
  response.write(bytes.slice(0, bytes.length / 2), () => {
    if (rule.cut) setTimeout(() => request.socket.destroy(), 5);
  });
}

async function answer(request, response) {
  underWay += 1;
  response.on("close", () => {
    underWay -= 1;
  });
  let body = "";
  request.setEncoding("utf8");
  for await (const chunk of request) body += chunk;
  if (request.url === "/v1/chat/completions") await chat(request, response, body);
  else batchApi(request, response, body);
}

const answerInBatch = openBatchApi((asked) => completionOf(asked, { ...settings.always, ...settings.rules.shift() }));

function batchApi(request, response, body) {
  const { method, url, headers } = request;
  if (settings.logged) log.push({ url, method, headers, atOnce: underWay });
  const rule =
    settings.rules[0]?.url !== undefined && url.includes(settings.rules[0].url) ? settings.rules.shift() : {};
  const { status, body: said } = answerInBatch({ method, url, body }, settings.batch);
  // taken, but the caller never learns of it
  if (rule.cut) request.socket.destroy();
  else respond(response, status, said);
}

await standIn({
  answer,
  mostRequests: Number(process.argv[2] ?? 5_000),
  seconds: Number(process.argv[3] ?? 120),
  onMessage(message) {
    Object.assign(settings, message.settings);
    const answered = { log };
    log = [];
    return answered;
  },
});
