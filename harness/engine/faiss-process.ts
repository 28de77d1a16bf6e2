import { type ChildProcess, fork } from "node:child_process";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { HarnessError } from "../errors.ts";

/** Values of an index file's vectors, for a process that has no reader of such files. */
export type FlatValues = { readonly path: string; readonly at: number; readonly count: number; readonly dim: number };

/** What can be asked; every index is an inner product index, and every path absolute. */
type FaissRequest =
  /** Makes an index without vectors, from a string of FAISS's `index_factory`. */
  | { readonly operation: "create"; readonly dim: number; readonly factory: string; readonly into: string }
  /** Trains it where it needs that, on up to `train` vectors, and adds all. */
  | {
      readonly operation: "fill";
      readonly from: string;
      readonly vectors: FlatValues;
      readonly train: number;
      readonly into: string;
    }
  /** Makes it the one that is searched. */
  | { readonly operation: "open"; readonly from: string }
  /** `queries` holds whole rows; `k` at most the index's count. Rows that were not found are -1. */
  | { readonly operation: "search"; readonly queries: Float32Array; readonly k: number };

/** Node's process that holds FAISS. One request at a time. */
export type FaissProcess = {
  /** Version of faiss-node, and of the FAISS it was compiled against; the latter is unknown of a downloaded binary. */
  readonly binding: string;
  readonly library: string | undefined;
  /**
   * @throws {HarnessError} `ENGINE_FAILED` with what FAISS said, or how the process ended; it is then of no more use
   */
  ask<Shape extends z.ZodType>(
    request: FaissRequest,
    shape: Shape,
    onProgress?: (done: number) => void,
  ): Promise<z.infer<Shape>>;
  close(): Promise<void>;
};

const ENTRY = fileURLToPath(new URL("./faiss-child.mjs", import.meta.url));
/** Two levels below the package, whether this file is a source or built. */
const FOLDER = resolve(import.meta.dirname, "../../faiss/node_modules/faiss-node");
const BINARY = "build/Release/faiss-node.node";

const hello = z.object({ binding: z.string(), library: z.string().optional() });
const message = z.union([
  z.strictObject({ answer: z.unknown() }),
  z.strictObject({ error: z.string() }),
  z.strictObject({ progress: z.int() }),
]);

type Waiting = {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (reason: unknown) => void;
  readonly onProgress: ((done: number) => void) | undefined;
};

/**
 * Starts a process that holds FAISS. It ends with this one, however this one ends, and when `signal` aborts.
 *
 * @param folder where faiss-node is
 * @throws {HarnessError} `ENGINE_UNAVAILABLE` when faiss-node was not built or does not load; the signal's reason
 */
export async function startFaiss({
  threads,
  signal,
  folder = FOLDER,
}: {
  readonly threads: number;
  readonly signal?: AbortSignal | undefined;
  readonly folder?: string | undefined;
}): Promise<FaissProcess> {
  signal?.throwIfAborted();
  if (!existsSync(join(folder, BINARY))) throw unavailable("it is not built");
  const child = fork(ENTRY, [folder, `${threads}`], {
    // its input never gets a byte: it closes when this process ends; its errors are what it says when it dies
    stdio: ["pipe", "ignore", "pipe", "ipc"],
    serialization: "advanced",
    execArgv: [],
  });
  const { ask, close } = converse(child, signal);
  try {
    const { binding, library } = hello.parse(await ask({ operation: "hello" }));
    return {
      binding,
      library,
      close,
      ask: async (request, shape, onProgress) => shape.parse(await ask(request, onProgress)),
    };
  } catch (cause) {
    await close();
    signal?.throwIfAborted();
    throw unavailable(`faiss-node does not load: ${cause instanceof Error ? cause.message : cause}`, cause);
  }
}

function converse(child: ChildProcess, signal: AbortSignal | undefined) {
  let waiting: Waiting | undefined;
  let failure: unknown;
  let said = "";

  const ended = new Promise<void>((resolve) => {
    child.once("close", (code, killed) => {
      signal?.removeEventListener("abort", abort);
      fail(died(code, killed, said));
      resolve();
    });
  });
  child.stderr?.on("data", (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-4096);
  });
  child.once("error", fail);
  child.on("message", receive);
  signal?.addEventListener("abort", abort, { once: true });

  function abort(): void {
    fail(signal?.reason);
    child.kill("SIGKILL"); // in the midst of a call into FAISS it hears no other
  }

  function fail(reason: unknown): void {
    failure ??= reason;
    settle()?.reject(failure);
  }

  function settle(): Waiting | undefined {
    const settled = waiting;
    waiting = undefined;
    return settled;
  }

  function receive(raw: unknown): void {
    const received = message.parse(raw);
    if ("progress" in received) waiting?.onProgress?.(received.progress);
    else if ("error" in received) settle()?.reject(failed(received.error));
    else settle()?.resolve(received.answer);
  }

  async function ask(
    request: FaissRequest | { readonly operation: "hello" },
    onProgress?: (done: number) => void,
  ): Promise<unknown> {
    if (failure !== undefined) throw failure;
    return await new Promise((resolve, reject) => {
      waiting = { resolve, reject, onProgress };
      child.send(request, () => undefined); // what cannot be sent cannot be for one reason: it has ended, and says so
    });
  }

  async function close(): Promise<void> {
    child.kill("SIGKILL");
    await ended;
  }

  return { ask, close };
}

function died(code: number | null, killed: string | null, said: string): HarnessError {
  const what = /what\(\):(.*)/s.exec(said)?.[1] ?? said;
  const how = killed === null ? `exit code ${code}` : `signal ${killed}`;
  return failed(`its process ended with ${how}${what.trim() === "" ? "" : `, saying: ${what}`}`);
}

/** @param said in FAISS's own words, from which the place in its source is taken away */
function failed(said: string): HarnessError {
  const line = said
    .replaceAll(/\s+/g, " ")
    .replaceAll(/Error in .*? at \S+:\d+: (Error: )?/g, "")
    .trim();
  return new HarnessError("ENGINE_FAILED", `FAISS failed: ${line.replace(/\.$/, "")}.`, { where: "engine `faiss`" });
}

function unavailable(found: string, cause?: unknown): HarnessError {
  return new HarnessError("ENGINE_UNAVAILABLE", `expected FAISS, but ${found.replace(/\.$/, "")}.`, {
    where: "engine `faiss`",
    hint: "Build it with `npm run build:faiss`, or choose another engine.",
    cause,
  });
}
