// A worker thread that does what its job says: by itself, so that the pool alone is under test.
import { parentPort, workerData } from "node:worker_threads";

const { data, busy, index } = workerData;

function send(message) {
  parentPort.postMessage(message);
}

parentPort.on("message", ({ what, value }) => {
  if (what === "die") process.exit(value);
  if (what === "throw") throw new Error(value);
  if (what === "refuse" && index === 1) send({ kind: "failure", code: "FILE_MISSING", message: value });
  else if (what === "report") send({ kind: "update", update: value });
  if (what === "answer" || what === "report" || (what === "refuse" && index === 0)) {
    send({ kind: "result", result: `${data} ${index} ${value}` });
  }
  if (what === "answer, then die") {
    send({ kind: "result", result: "last words" });
    setImmediate(() => process.exit(value));
  }
  Atomics.store(busy, index, 0);
});
