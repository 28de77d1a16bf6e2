import { parentPort } from "node:worker_threads";
import { HarnessError } from "../errors.ts";
import type { WorkerMessage } from "./worker-pool.ts";

/**
 * The other end of `openWorkerPool`, called once by a worker's file: answers every job, one after the other.
 *
 * @param work its second argument reports progress
 */
export function answerJobs<Job, Result>(work: (job: Job, report: (update: number) => void) => Promise<Result>): void {
  function send(message: WorkerMessage<Result>): void {
    parentPort?.postMessage(message);
  }
  async function answer(job: Job): Promise<void> {
    try {
      send({ kind: "result", result: await work(job, (update) => send({ kind: "update", update })) });
    } catch (error) {
      const code = error instanceof HarnessError ? error.code : "ENGINE_FAILED";
      send({ kind: "failure", code, message: error instanceof Error ? error.message : String(error) });
    }
  }
  parentPort?.on("message", (job: Job) => {
    void answer(job);
  });
}
