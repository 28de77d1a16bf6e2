import { batchLine } from "../remote/batch-endpoint.ts";
import { batchRecords } from "./batch-record.ts";
import { type CompletionJob, nextAttempt } from "./complete-prompts.ts";
import { chatBody } from "./openai.ts";
import type { ChatOptions } from "./openai-options.ts";

/**
 * What OpenAI takes in one file of requests.
 *
 * Source: https://platform.openai.com/docs/api-reference/batch/create: up to 50,000 requests, up to 200 MB
 */
export const MOST_REQUESTS = 50_000;
/** Below the 200 MB that OpenAI takes, so that a file fits in memory. */
const BYTES = 64e6;
/** Unless told. */
const REQUESTS = 10_000;

export type RequestJob = Pick<CompletionJob, "journal" | "prompts" | "usable" | "retryFailed" | "signal"> & {
  readonly options: ChatOptions;
  /** Told of every prompt that has its outcome. */
  readonly onKept: () => void;
};

/** Requests of one file: their lines, without ends, and for each the key of its prompt and the number of the attempt. */
export type RequestFile = { readonly lines: readonly string[]; readonly requests: [key: string, attempt: number][] };

/**
 * What is to be asked, as OpenAI's batch files have it: the prompts that have no outcome and are in no batch under way, each
 * once, in their order. A line holds what a request of its own would send.
 *
 * @param requests of a file, at most
 */
export async function* batchRequests(job: RequestJob, requests: number = REQUESTS): AsyncGenerator<RequestFile> {
  const { journal, options } = job;
  const open = await batchRecords(journal.folder).all();
  const pending = new Set(open.flatMap((record) => record.requests.map(([key]) => key)));
  let file: { lines: string[]; requests: [string, number][] } = { lines: [], requests: [] };
  let bytes = 0;
  for await (const prompt of job.prompts) {
    job.signal?.throwIfAborted();
    const key = journal.keyOf(prompt);
    if (pending.has(key)) continue;
    const attempt = await nextAttempt(key, job);
    if (attempt === undefined) {
      job.onKept();
      continue;
    }
    const line = batchLine({ customId: customIdOf(key, attempt), body: chatBody({ prompt, attempt, options }) });
    const size = Buffer.byteLength(line) + 1;
    if (file.lines.length === requests || (file.lines.length > 0 && bytes + size > BYTES)) {
      yield file;
      [file, bytes] = [{ lines: [], requests: [] }, 0];
    }
    pending.add(key);
    file.lines.push(line);
    file.requests.push([key, attempt]);
    bytes += size;
  }
  if (file.lines.length > 0) yield file;
}

/** How an answer says which attempt of which prompt it belongs to; the first attempt goes without a number. */
function customIdOf(key: string, attempt: number): string {
  return attempt === 0 ? key : `${key}.${attempt}`;
}

/** The same read back; undefined for an id that is not ours. */
export function readCustomId(id: string): { readonly key: string; readonly attempt: number } | undefined {
  const [, key, attempt = "0"] = /^([0-9a-f]{64})(?:\.([1-9]\d{0,8}))?$/.exec(id) ?? [];
  return key === undefined ? undefined : { key, attempt: Number(attempt) };
}
