import { parentPort, workerData } from "node:worker_threads";
import { HarnessError } from "../errors.ts";
import type { WorkerMessage, WorkerStart } from "./worker-pool.ts";

/** What a job comes with. */
export type JobContext<Data> = {
  /** What the pool was opened with. */
  readonly data: Data;
  /** Reports progress. */
  readonly report: (update: number) => void;
};

/** The other end of `openWorkerPool`, called once by a worker's file: answers every job. */
export function answerJobs<Data, Job, Result>(work: (job: Job, context: JobContext<Data>) => Promise<Result>): void {
  const { data, busy, index }: WorkerStart<Data> = workerData;
  function send(message: WorkerMessage<Result>): void {
    parentPort?.postMessage(message);
  }
  async function answer(job: Job): Promise<void> {
    try {
      const result = await work(job, { data, report: (update) => send({ kind: "update", update }) });
      send({ kind: "result", result });
    } catch (error) {
      const code = error instanceof HarnessError ? error.code : "ENGINE_FAILED";
      send({ kind: "failure", code, message: error instanceof Error ? error.message : String(error) });
    } finally {
      Atomics.store(busy, index, 0);
      Atomics.notify(busy, index);
    }
  }
  parentPort?.on("message", (job: Job) => {
    void answer(job);
  });
}
