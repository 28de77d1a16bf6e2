import { Worker } from "node:worker_threads";
import { HarnessError, type HarnessErrorCode } from "../errors.ts";

/** A fixed set of threads that all get the same jobs. */
export type WorkerPool<Job, Result> = {
  /**
   * Gives every worker the job; calls wait for each other.
   *
   * @returns one result a worker
   * @throws {HarnessError} once all workers are done or dead: what a worker threw as one; `ENGINE_FAILED` when a worker died,
   *   which closes the pool, or threw anything else
   */
  run(job: Job, options: RunOptions): Promise<Result[]>;
  /**
   * Ends all threads, after the job under way: a thread that is ended within native code may take the process with it (seen
   * with onnxruntime-node 1.30.0: "terminate called after throwing an instance of 'Napi::Error'").
   */
  close(): Promise<void>;
};

export type RunOptions = {
  /** Told what the workers report before their results. */
  readonly onUpdate: (update: number) => void;
  /** Called when a worker fails: tells the others that they need not go on. */
  readonly stop: () => void;
};

/** From a worker. An error would lose its code on the way, so it goes as data. */
export type WorkerMessage<Result> =
  | { readonly kind: "update"; readonly update: number }
  | { readonly kind: "result"; readonly result: Result }
  | { readonly kind: "failure"; readonly code: HarnessErrorCode; readonly message: string };

export type WorkerPoolOptions = {
  /** The file that the threads run; it answers by `answerJobs`. */
  readonly entry: URL;
  readonly size: number;
  /** What every thread finds as its `workerData`. */
  readonly data: unknown;
};

/** Starts the threads. Between jobs they do not keep the process alive. */
export function openWorkerPool<Job, Result>({ entry, size, data }: WorkerPoolOptions): WorkerPool<Job, Result> {
  const workers = Array.from({ length: size }, () => watch(new Worker(entry, { workerData: data })));
  let turn: Promise<unknown> = Promise.resolve();

  async function close(): Promise<void> {
    await turn;
    await Promise.all(workers.map(({ worker }) => worker.terminate()));
  }

  async function runNow(job: Job, { onUpdate, stop }: RunOptions): Promise<Result[]> {
    const failures: unknown[] = [];
    const results = await Promise.all(
      workers.map(async (worker) => {
        try {
          return [await ask<Job, Result>(worker, job, onUpdate)];
        } catch (error) {
          failures.push(error);
          stop();
          return [];
        }
      }),
    );
    if (workers.some(({ end }) => end !== undefined)) {
      await Promise.all(workers.map(({ worker }) => worker.terminate()));
    }
    if (failures.length > 0) throw failures[0];
    return results.flat();
  }

  return {
    run(job, options) {
      const result = turn.then(() => runNow(job, options));
      // the next call waits for this one, whatever becomes of it
      turn = result.catch(() => undefined);
      return result;
    },
    close,
  };
}

/** A worker and why it is no longer there, if it is not. */
type Watched = { readonly worker: Worker; end: unknown };

/** Notes the end also between jobs, when nobody listens. */
function watch(worker: Worker): Watched {
  const watched: Watched = { worker, end: undefined };
  worker.once("error", (cause) => {
    watched.end = failed(`ended on an error: ${cause instanceof Error ? cause.message : String(cause)}`, cause);
  });
  worker.once("exit", (exitCode) => {
    watched.end ??= failed(`ended with exit code ${exitCode}`);
  });
  worker.unref();
  return watched;
}

function ask<Job, Result>(watched: Watched, job: Job, onUpdate: (update: number) => void): Promise<Result> {
  const { worker } = watched;
  if (watched.end !== undefined) return Promise.reject(watched.end);
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
      reject(watched.end);
    }
    function stopListening(): void {
      worker.off("message", onMessage).off("exit", onEnd);
      worker.unref();
    }
    worker.ref();
    worker.on("message", onMessage).on("exit", onEnd);
    worker.postMessage(job);
  });
}

function failed(what: string, cause?: unknown): HarnessError {
  return new HarnessError("ENGINE_FAILED", `a worker thread ${what}.`, {
    hint: "Run again; with fewer threads or less memory for each if it was short of memory.",
    cause,
  });
}
