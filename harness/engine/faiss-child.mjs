// The only process that holds FAISS: its exceptions abort the process, and its binding must live in one thread of one process.
// Requests and answers are messages over Node's channel between processes; vectors come in files, lists go back as arrays.
// Plain JavaScript, since it is started by path and Node 20 does not run TypeScript.
import { closeSync, openSync, readFileSync, readSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import process from "node:process";
import { setImmediate } from "node:timers/promises";
import { Worker } from "node:worker_threads";

const INNER_PRODUCT = 0;
/** Vectors a call: the binding takes plain arrays and holds a handle for every value of one. */
const ROWS_PER_CALL = 1024;

const [, , folder = "", threads = "1"] = process.argv;
// biome-ignore-start lint/style/noProcessEnv: OpenMP and OpenBLAS read these when they are loaded, which is below
// idle OpenMP threads that spin take the cores from OpenBLAS's threads, which are others: twice the time
process.env["OMP_WAIT_POLICY"] = "PASSIVE";
process.env["OMP_NUM_THREADS"] = threads;
process.env["OPENBLAS_NUM_THREADS"] = threads;
// biome-ignore-end lint/style/noProcessEnv: see above

// A call into FAISS may take minutes, in which this thread hears nothing; so another one waits for the parent's end.
new Worker(`require("node:net").Socket({ fd: 0 }).on("close", () => process.kill(process.pid, "SIGKILL")).resume();`, {
  eval: true,
});

let faiss;
let index;

const OPERATIONS = {
  hello() {
    faiss = createRequire(import.meta.url)(folder);
    return { binding: versionOf("package.json", "version"), library: versionOf("build/Release/faiss.json", "faiss") };
  },
  create({ dim, factory, into }) {
    faiss.Index.fromFactory(dim, factory, INNER_PRODUCT).write(into);
    return {};
  },
  async fill({ from, vectors, train, into }) {
    const filled = faiss.Index.read(from);
    const file = openSync(vectors.path, "r");
    try {
      if (!filled.isTrained()) filled.train(sample(file, vectors, train));
      for (let first = 0; first < vectors.count; first += ROWS_PER_CALL) {
        const rows = Math.min(ROWS_PER_CALL, vectors.count - first);
        filled.add(Array.from(read(file, vectors, first, rows)));
        process.send({ progress: first + rows });
        await setImmediate(); // sends it
      }
    } finally {
      closeSync(file);
    }
    filled.write(into);
    return {};
  },
  open({ from }) {
    index = faiss.Index.read(from);
    return { count: index.ntotal() };
  },
  search({ queries, k }) {
    const { labels, distances } = index.search(Array.from(queries), k);
    return { rows: Int32Array.from(labels), scores: Float32Array.from(distances) };
  },
};

process.on("message", async ({ operation, ...request }) => {
  try {
    process.send({ answer: await OPERATIONS[operation](request) });
  } catch (error) {
    process.send({ error: error instanceof Error ? error.message : String(error) });
  }
});

/** Up to `most` rows, evenly spaced, so that the same vectors train the same index. */
function sample(file, vectors, most) {
  const count = Math.min(most, vectors.count);
  const values = new Array(count * vectors.dim);
  for (let taken = 0, at = 0; taken < count; taken++) {
    const row = read(file, vectors, Math.floor((taken * vectors.count) / count), 1);
    for (const value of row) values[at++] = value;
  }
  return values;
}

function read(file, { path, at, dim }, first, rows) {
  const values = new Float32Array(rows * dim);
  const bytes = new Uint8Array(values.buffer);
  for (let done = 0; done < bytes.length; ) {
    const length = readSync(file, bytes, done, bytes.length - done, at + first * dim * 4 + done);
    if (length === 0) throw new Error(`${path} ends early`);
    done += length;
  }
  return values;
}

function versionOf(file, key) {
  try {
    return JSON.parse(readFileSync(join(folder, file), "utf8"))[key];
  } catch {
    return undefined; // a binary that was downloaded brings no such file
  }
}
