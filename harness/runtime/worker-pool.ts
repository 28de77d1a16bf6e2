import { Worker } from "node:worker_threads";
import { HarnessError, type HarnessErrorCode } from "../errors.ts";

/**
 * A fixed set of threads that all get the same jobs.
 *
 * No thread is ended within a job: one that is ended while native code runs may take the process with it (seen with
 * onnxruntime-node 1.30.0: "terminate called after throwing an instance of 'Napi::Error'").
 */
export type WorkerPool<Job, Result> = {
  /**
   * Gives every worker the job; calls wait for each other.
   *
   * @returns one result a worker
   * @throws {HarnessError} once all workers are done or dead: what a worker threw as one; `ENGINE_FAILED` when a worker died,
   *   which closes the pool, or threw anything else
   */
  run(job: Job, options: RunOptions): Promise<Result[]>;
  /** Ends all threads, after the job under way. */
  close(): Promise<void>;
};

type RunOptions = {
  /** Told what the workers report before their results. */
  readonly onUpdate: (update: number) => void;
  /** Called when a worker fails or the process ends: tells the others that they need not go on. */
  readonly stop: () => void;
};

/** From a worker. An error would lose its code on the way, so it goes as data. */
export type WorkerMessage<Result> =
  | { readonly kind: "update"; readonly update: number }
  | { readonly kind: "result"; readonly result: Result }
  | { readonly kind: "failure"; readonly code: HarnessErrorCode; readonly message: string };

/** What a thread finds as its `workerData`. */
export type WorkerStart<Data> = {
  readonly data: Data;
  /** 1 while the thread has a job; shared, a flag for each thread. */
  readonly busy: Int32Array;
  readonly index: number;
};

export type WorkerPoolOptions<Data> = {
  /** The file that the threads run; it answers by `answerJobs`. */
  readonly entry: URL;
  readonly size: number;
  readonly data: Data;
};

/** How long the end of the process waits for its threads: a block takes them milliseconds. */
const EXIT_MS = 2_000;

/** Starts the threads. Between jobs they do not keep the process alive. */
export function openWorkerPool<Job, Result>({
  entry,
  size,
  data,
}: WorkerPoolOptions<unknown>): WorkerPool<Job, Result> {
  const busy = new Int32Array(new SharedArrayBuffer(size * Int32Array.BYTES_PER_ELEMENT));
  const members = Array.from({ length: size }, (_, index) => {
    const start: WorkerStart<unknown> = { data, busy, index };
    return watch(new Worker(entry, { workerData: start }), busy, index);
  });
  let turn: Promise<unknown> = Promise.resolve();

  async function runNow(job: Job, { onUpdate, stop }: RunOptions): Promise<Result[]> {
    const failures: unknown[] = [];
    const results: Result[] = [];
    const stopForExit = () => {
      stop();
      for (const index of busy.keys()) Atomics.wait(busy, index, 1, EXIT_MS);
    };
    async function give(member: Member): Promise<void> {
      try {
        results.push(await ask<Job, Result>(member, job, onUpdate));
      } catch (error) {
        failures.push(error);
        stop();
      }
    }
    process.once("exit", stopForExit);
    await Promise.all(members.map(give));
    process.off("exit", stopForExit);
    if (members.some(({ end }) => end !== undefined)) await terminate();
    if (failures.length > 0) throw failures[0];
    return results;
  }

  async function terminate(): Promise<void> {
    await Promise.all(members.map(({ worker }) => worker.terminate()));
  }

  return {
    run(job, options) {
      const result = turn.then(() => runNow(job, options));
      // the next call waits for this one, whatever becomes of it
      turn = result.catch(() => undefined);
      return result;
    },
    async close() {
      await turn;
      await terminate();
    },
  };
}

/** A worker, and why it is no longer there, if it is not. */
type Member = { readonly worker: Worker; readonly markBusy: () => void; end: HarnessError | undefined };

/** Notes the end also between jobs, when nobody listens. */
function watch(worker: Worker, busy: Int32Array, index: number): Member {
  const member: Member = { worker, markBusy: () => Atomics.store(busy, index, 1), end: undefined };
  worker.once("error", (cause: unknown) => {
    member.end = failed(`ended on an error: ${cause instanceof Error ? cause.message : String(cause)}`, cause);
  });
  worker.once("exit", (exitCode) => {
    member.end ??= failed(`ended with exit code ${exitCode}`);
    Atomics.store(busy, index, 0);
  });
  worker.unref();
  return member;
}

function ask<Job, Result>(member: Member, job: Job, onUpdate: (update: number) => void): Promise<Result> {
  const { worker, markBusy } = member;
  if (member.end !== undefined) return Promise.reject(member.end);
  return new Promise<Result>((resolve, reject) => {
    function onMessage(message: WorkerMessage<Result>): void {
      if (message.kind === "update") {
        onUpdate(message.update);
        return;
      }
      stopListening();
      if (message.kind === "result") resolve(message.result);
      else reject(new HarnessError(message.code, message.message));
    }
    function onEnd(): void {
      stopListening();
      reject(member.end);
    }
    function stopListening(): void {
      worker.off("message", onMessage).off("exit", onEnd);
      worker.unref();
    }
    worker.ref();
    worker.on("message", onMessage).on("exit", onEnd);
    markBusy();
    worker.postMessage(job);
  });
}

function failed(what: string, cause?: unknown): HarnessError {
  return new HarnessError("ENGINE_FAILED", `a worker thread ${what}.`, {
    hint: "Run again; if it was short of memory, with fewer threads or a lower bound on memory.",
    cause,
  });
}
