// A small OpenAI-compatible embeddings server on loopback, in a process of its own. Vectors are hashed bags of words.
// Started by tests/encode/openai-process.ts; its arguments are the ports to listen on, any free ones unless told.
import { createHash } from "node:crypto";
import { standIn } from "../stand-in-process.mjs";

const DIM = 16;
const settings = { rules: [], always: {} };
let log = [];
let underWay = 0;
let texts = 0;
let alarm = Number.POSITIVE_INFINITY;

/** Says once that so many texts have been asked for. */
function ring() {
  if (texts < alarm) return;
  process.send({ reached: alarm });
  alarm = Number.POSITIVE_INFINITY;
}

function vectorOf(text, dim) {
  const vector = new Float32Array(dim);
  for (const word of text.toLowerCase().match(/\w+/g) ?? [text]) {
    const hash = createHash("sha256").update(word).digest();
    vector[hash.readUInt16LE(0) % dim] += hash[2] % 2 === 0 ? 1 : -1;
  }
  // words can cancel out
  if (vector.every((value) => value === 0)) vector[0] = 1;
  // not of unit norm: that is for the client to mend
  return vector.map((value) => value * 3);
}

function embeddingOf(text, asked, rule) {
  const dim = rule.dim ?? asked.dimensions ?? DIM;
  const vector = vectorOf(text, dim);
  if (rule.zero !== undefined && text.includes(rule.zero)) vector.fill(0);
  if (rule.nan !== undefined && text.includes(rule.nan)) vector.fill(Number.NaN);
  const asFloats = asked.encoding_format !== "base64" || rule.floats;
  return asFloats ? Array.from(vector) : Buffer.from(vector.buffer).toString("base64");
}

function answerTo(asked, rule) {
  const data = asked.input.map((text, index) => ({
    object: "embedding",
    index: rule.sameIndex ? 0 : index,
    embedding: embeddingOf(text, asked, rule),
  }));
  if (rule.reversed) data.reverse();
  if (rule.missing) data.pop();
  const tokens = asked.input.reduce((sum, text) => sum + text.length, 0);
  const usage = rule.noUsage ? {} : { usage: { prompt_tokens: tokens, total_tokens: tokens } };
  return JSON.stringify({ object: "list", model: rule.model ?? asked.model, data, ...usage });
}

/** A refusal of what was asked, if there is a reason for one. */
function refusalOf(asked, rule) {
  const has = (word) => word !== undefined && asked.input.some((text) => text.includes(word));
  if (has(rule.poison)) return { status: rule.poisonStatus ?? 400, message: "cannot encode this input" };
  const longest = Math.max(...asked.input.map((text) => text.length));
  if (longest > (rule.maxLength ?? Infinity)) return { status: 400, message: "maximum context length exceeded" };
  if (asked.input.length > (rule.maxBatch ?? Infinity)) return { status: 413, message: "batch too large" };
  if (rule.status !== undefined) return { status: rule.status, message: rule.message ?? "no" };
  return undefined;
}

async function answer(request, response) {
  underWay += 1;
  response.on("close", () => {
    underWay -= 1;
  });
  const atOnce = underWay;
  let body = "";
  for await (const chunk of request) body += chunk;
  const asked = JSON.parse(body);
  const rule = { ...settings.always, ...settings.rules.shift() };
  log.push({ ...asked, url: request.url, headers: request.headers, atOnce });
  texts += asked.input.length;
  ring();
  if (rule.delay) await new Promise((resolve) => setTimeout(resolve, rule.delay));
  const refusal = refusalOf(asked, rule);
  if (refusal !== undefined) {
    response.writeHead(refusal.status, { "content-type": "application/json", ...rule.headers });
    response.end(JSON.stringify({ error: { message: refusal.message } }));
    return;
  }
  const bytes = answerTo(asked, rule);
  const sent = rule.truncate ? bytes.slice(0, bytes.length / 2) : bytes;
  response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(sent) });
  if (!rule.cut && !rule.stall) return response.end(sent);
  response.write(sent.slice(0, sent.length / 2), () => {
    if (rule.cut) setTimeout(() => request.socket.destroy(), 20);
  });
}

await standIn({
  answer,
  ports: process.argv.length > 2 ? process.argv.slice(2).map(Number) : undefined,
  seconds: 240,
  onMessage(message) {
    if (message.alarm !== undefined) {
      alarm = message.alarm;
      ring();
      return undefined;
    }
    Object.assign(settings, message.settings);
    const answered = { log };
    log = [];
    return answered;
  },
});
