// A worker thread that ends itself when it gets a job.
import { parentPort } from "node:worker_threads";

parentPort.on("message", () => process.exit(3));
