// The vector cache: what the harness takes beside the model, reading, writing, opening. Build first:
//   npx tsc -p tsconfig.build.json && node build-assets.mjs && node bench/cache.mjs
import { mkdir, mkdtemp, open, readFile, rm } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { openEmbeddingCache } from "../dist/encode/shard-cache.js";
import { PLAIN_FORMS } from "../dist/encode/types.js";
import { openVectorIndex } from "../dist/encode/vector-index.js";
import { openVectorReader } from "../dist/storage/vector-reader.js";
import { openShard, readVectors, writeShard } from "../dist/storage/vector-shards.js";

const REPEATS = 5;
const ROWS = 100_000;
const DIM = 768;
const WINDOW = 4096;
const KEYS = 1_000_000;

/** Bytes from a linear congruential generator: the same ones every time, and no two stretches alike. */
function noise(length, seed) {
  let state = seed;
  return new Uint8Array(length).map(() => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  });
}

function median(values) {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}

async function seconds(work) {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

async function medianSeconds(work) {
  const times = [];
  for (let repeat = 0; repeat < REPEATS; repeat++) times.push(await seconds(() => work(repeat)));
  return median(times);
}

const rate = (bytes, time) => `${(bytes / 1e6 / time).toFixed(0)} MB/s`;
const say = (line) => process.stdout.write(`${line}\n`);

const unit = new Float32Array(DIM).fill(1 / Math.sqrt(DIM));
const texts = Array.from({ length: ROWS }, (_, row) => `text ${row} ${"of some length ".repeat(row % 8)}`);

async function* stream(count) {
  yield* texts.slice(0, count).map((text, row) => ({ id: `${row}`, text }));
}

/** Its vectors cost nothing but the copying. */
const encoder = {
  identity: "bench",
  dim: DIM,
  batchSize: 64,
  forms: PLAIN_FORMS,
  encode(batch) {
    const vectors = new Float32Array(batch.length * DIM);
    for (let row = 0; row < batch.length; row++) vectors.set(unit, row * DIM);
    return Promise.resolve({ vectors, truncated: [] });
  },
};

const root = await mkdtemp(join(tmpdir(), "bench-"));
const embed = (folder, count, clock) =>
  openEmbeddingCache({ folder: join(root, folder), ...(clock === undefined ? {} : { clock }) }).embed({
    encoder,
    role: "document",
    count,
    texts: stream(count),
  });

async function overhead() {
  const count = 16_384;
  const model = await medianSeconds(async () => {
    for (let first = 0; first < count; first += 64) await encoder.encode(texts.slice(first, first + 64));
  });
  for (const { how, step } of [
    { how: "a fast encoder", step: 0 },
    { how: "one slow enough for every batch to be journalled", step: 1000 },
  ]) {
    let now = 0;
    const clock = () => (now += step);
    const whole = await medianSeconds((repeat) => embed(`overhead-${step}-${repeat}`, count, clock));
    say(`overhead a text at batch 64, ${how}: ${(((whole - model) / count) * 1e6).toFixed(1)} us`);
  }
}

async function writing() {
  const bytes = ROWS * DIM * 4;
  const shard = {
    ...{ dim: DIM, precision: "float32", keys: noise(WINDOW * 32, 1), truncated: new Uint8Array(WINDOW) },
    values: noise(WINDOW * DIM * 4, 2),
  };
  const shards = Math.round(ROWS / WINDOW);
  const raw = [];
  const cache = [];
  const whole = [];
  // in turn, so that a slow moment of the disk meets all of them
  for (let repeat = 0; repeat < REPEATS; repeat++) {
    const folder = join(root, `raw-${repeat}`);
    await mkdir(folder);
    raw.push(
      await seconds(async () => {
        for (let file = 0; file < shards; file++) {
          const handle = await open(join(folder, `${file}`), "wx");
          await handle.writeFile(shard.values);
          await handle.sync();
          await handle.close();
        }
      }),
    );
    cache.push(
      await seconds(async () => {
        for (let file = 0; file < shards; file++) {
          new DataView(shard.keys.buffer).setUint32(0, file);
          await writeShard(join(root, `shards-${repeat}`), "sealed", shard);
        }
      }),
    );
    whole.push(await seconds(() => embed(`vectors-${repeat}`, ROWS)));
    if (repeat > 0) for (const name of ["raw", "shards", "vectors"]) await remove(`${name}-${repeat}`);
  }
  const shardBytes = shards * shard.values.length;
  say(`raw write and fsync, ${shards} files of ${WINDOW} x ${DIM}: ${rate(shardBytes, median(raw))}`);
  const ratio = (median(raw) / median(cache)).toFixed(2);
  say(`shards of the same vectors: ${rate(shardBytes, median(cache))}, ${ratio} of raw`);
  say(`embed ${ROWS} x ${DIM} new vectors, keys and all: ${rate(bytes, median(whole))}`);
}

async function reading() {
  const bytes = ROWS * DIM * 4;
  const { vectors } = await embed("vectors-0", ROWS);
  const verify = await medianSeconds(async () => {
    for (const file of vectors.files) for await (const _ of readVectors(await openShard(file)));
  });
  const rows = new Float32Array(ROWS * DIM);
  const read = await medianSeconds(() => {
    const reader = openVectorReader(vectors);
    for (let first = 0; first < ROWS; first += WINDOW) {
      const count = Math.min(WINDOW, ROWS - first);
      reader.read(first, count, rows.subarray(first * DIM, (first + count) * DIM));
    }
    reader.close();
  });
  say(`verify ${ROWS} x ${DIM} stored vectors: ${rate(bytes, verify)}`);
  say(`read them as float32: ${rate(bytes, read)}; verified first: ${rate(bytes, read + verify)}`);
  const all = await medianSeconds(() => embed("vectors-0", ROWS));
  say(`embed with all of them stored (keys, look-up, verification): ${all.toFixed(2)} s, ${rate(bytes, all)}`);
  const [first = ""] = vectors.files;
  const whole = await medianSeconds(() => readFile(first));
  say(`for comparison, readFile of one shard: ${rate((await readFile(first)).length, whole)}`);
}

/** Long vectors would say nothing more here: they are not read. */
async function opening() {
  const dim = 8;
  const small = { ...encoder, identity: "keys", dim };
  const parts = { root: join(root, "keys"), encoder: small, storage: "float32", onWarning: say, systemTime: () => 0 };
  const writer = openVectorIndex(parts);
  for (let first = 0; first < KEYS; first += WINDOW) {
    const keys = noise(Math.min(WINDOW, KEYS - first) * 32, first + 1);
    const values = new Uint8Array(dim * 4);
    const rows = new Map();
    for (let at = 0; at < keys.length; at += 32) {
      // the generator's sequences overlap: the row's number tells keys apart
      new DataView(keys.buffer).setUint32(at, Math.imul(first + at / 32, 2654435761));
      const key = Buffer.from(keys.buffer, at, 32).toString("latin1");
      rows.set(writer.numberOf(key), { values, truncated: false });
    }
    await writer.write("sealed", rows);
    await setImmediate();
  }
  const indexes = [];
  const times = [];
  const bytes = [];
  for (let repeat = 0; repeat < REPEATS; repeat++) {
    const before = memory();
    const index = openVectorIndex(parts);
    times.push(await seconds(() => index.refresh()));
    bytes.push(memory() - before);
    indexes.push(index); // kept, so that its memory is not another's
  }
  const size =
    globalThis.gc === undefined ? "run node with --expose-gc for its memory" : `${Math.round(median(bytes) / 1e6)} MB`;
  say(`open an index of ${KEYS} keys in ${Math.ceil(KEYS / WINDOW)} shards: ${median(times).toFixed(2)} s, ${size}`);
}

function memory() {
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

const remove = (name) => rm(join(root, name), { recursive: true });

say(`Node ${process.version}, ${cpus().length} x ${cpus()[0]?.model}, medians of ${REPEATS}`);
try {
  await overhead();
  await writing();
  await reading();
  await opening();
} finally {
  await rm(root, { recursive: true });
}
