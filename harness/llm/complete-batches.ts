import { randomUUID } from "node:crypto";
import { HarnessError } from "../errors.ts";
import type { BatchEndpoint } from "../remote/batch-endpoint.ts";
import { NETWORK_RETRIES, type Pause, systemPause, withRetries } from "../runtime/retry.ts";
import { type Batch, type BatchAnswer, readBatch, readBatchAnswers, readBatches, readFileId } from "./batch-answers.ts";
import { type BatchRecord, type BatchRecords, batchRecords } from "./batch-record.ts";
import { batchRequests, type RequestFile, readCustomId } from "./batch-requests.ts";
import type { CompletionJob } from "./complete-prompts.ts";
import { type AskedTotals, countTotals } from "./completion-totals.ts";
import type { ChatOptions } from "./openai-options.ts";

/** States in which nothing more will come. */
const ENDED: readonly string[] = ["completed", "failed", "expired", "cancelled"];

export type BatchJob = Omit<CompletionJob, "concurrency" | "failureBudget" | "usdBudget"> & {
  readonly endpoint: BatchEndpoint;
  readonly options: ChatOptions;
  /** Requests in a batch, at most. */
  readonly batchSize?: number | undefined;
  /** Hand batches in and collect those that have ended, but wait for none. */
  readonly wait: boolean;
  readonly pollSeconds: number;
  readonly pause?: Pause | undefined;
  readonly say: (line: string) => void;
};

/**
 * Asks by OpenAI's Batch API: hands in the prompts that have no outcome and are in no batch, polls, and journals what comes
 * back. What batches are under way is on disk before they are handed in, so another process goes on from there; a batch
 * whose number was lost is found by its label.
 *
 * Prompts that the server did not get to have no outcome then: the same job hands them in again.
 *
 * @throws {HarnessError} `REMOTE_REFUSED` for a batch that the server finds faulty, or another model; `REMOTE_UNREACHABLE`
 */
export async function completeBatches(job: BatchJob): Promise<AskedTotals> {
  const { journal, wait, pollSeconds, pause = systemPause, signal } = job;
  const records = batchRecords(journal.folder);
  const totals = countTotals(job.client, job.spent ?? 0);
  const work: BatchWork = { job, records, totals, ask: (request) => withRetries(request, retrying(job)) };
  await recover(work);
  await handInMissing(work);
  for (;;) {
    const open = await collectEnded(work);
    const underWay = open.reduce((sum, { requests }) => sum + requests.length, 0);
    if (underWay === 0 || !wait) return { ...totals.now(), underWay };
    await pause.sleep(pollSeconds * 1_000, signal);
  }
}

type BatchWork = {
  readonly job: BatchJob;
  readonly records: BatchRecords;
  readonly totals: ReturnType<typeof countTotals>;
  ask<Answer>(request: () => Promise<Answer>): Promise<Answer>;
};

function retrying({ options, pause = systemPause, signal }: BatchJob) {
  return { rules: { ...NETWORK_RETRIES, attempts: options.retries + 1 }, pause, signal };
}

/** Batches whose number was not kept: found by their label, or never handed in. */
async function recover({ job, records, ask }: BatchWork): Promise<void> {
  const lost = (await records.all()).filter(({ batchId }) => batchId === null);
  if (lost.length === 0) return;
  const known = await ask(async () => readBatches(await job.endpoint.list()));
  for (const record of lost) {
    const batch = labelled(known, record.label);
    await (batch === undefined ? records.remove(record) : records.save({ ...record, batchId: batch.id }));
  }
}

function labelled(batches: readonly Batch[], label: string): Batch | undefined {
  return batches.find(({ metadata }) => metadata?.["spikebench"] === label);
}

async function handInMissing(work: BatchWork): Promise<void> {
  const { job, totals } = work;
  const onKept = () => totals.keep();
  for await (const file of batchRequests({ ...job, onKept }, job.batchSize)) await handIn(work, file);
}

async function handIn({ job, records, ask }: BatchWork, { lines, requests }: RequestFile): Promise<void> {
  const { endpoint, say } = job;
  const record = { schema: 1 as const, label: randomUUID(), batchId: null, baseUrl: endpoint.baseUrl, requests };
  const fileId = await ask(async () => readFileId(await endpoint.upload(lines)));
  await records.save(record);
  let tries = 0;
  const batch = await ask(async () => {
    tries += 1;
    // an answer that was lost may stand for a batch that was taken: asking twice would pay twice
    const taken = tries === 1 ? undefined : labelled(readBatches(await endpoint.list()), record.label);
    return taken ?? readBatch(await endpoint.create(fileId, record.label));
  });
  await records.save({ ...record, batchId: batch.id });
  say(`batch ${batch.id}: handed in with ${lines.length} prompts.`);
}

/** @returns the batches that have not ended */
async function collectEnded(work: BatchWork): Promise<readonly BatchRecord[]> {
  const open: BatchRecord[] = [];
  for (const record of await work.records.all()) {
    work.job.signal?.throwIfAborted();
    const batch = await work.ask(async () => readBatch(await work.job.endpoint.retrieve(record.batchId ?? "")));
    if (ENDED.includes(batch.status)) await collect(work, record, batch);
    else open.push(record);
  }
  return open;
}

async function collect(work: BatchWork, record: BatchRecord, batch: Batch): Promise<void> {
  const { job, records, totals, ask } = work;
  const { endpoint, options, say } = job;
  const missing = new Map(record.requests);
  const expected = { where: endpoint.baseUrl, model: options.servedModel ?? options.model };
  for (const fileId of [batch.output_file_id, batch.error_file_id]) {
    if (!fileId) continue;
    const content = await ask(() => endpoint.content(fileId));
    for (const answer of readBatchAnswers(content, expected).answers) await take(work, missing, answer);
  }
  for (const _ of missing) totals.add({ status: "failed", why: `batch ${batch.status}`, passing: true }, false);
  await records.remove(record);
  job.onProgress?.(totals.now());
  say(`batch ${batch.id}: ${batch.status}; ${record.requests.length - missing.size} of its prompts have an outcome.`);
  if (batch.status !== "failed") return;
  const why = batch.errors?.data?.map(({ message }) => message).join("; ") ?? "no reason given";
  throw new HarnessError("REMOTE_REFUSED", `the server refuses batch ${batch.id}: ${why}.`, {
    where: endpoint.baseUrl,
    hint: "Nothing of it was paid for; mend the cause and run the same command again.",
  });
}

/** Journals an answer. @param missing requests without an outcome, each with its attempt; the answered one leaves it */
async function take(
  { job: { journal, usable }, totals }: BatchWork,
  missing: Map<string, number>,
  { customId, outcome }: BatchAnswer,
): Promise<void> {
  const key = readCustomId(customId)?.key ?? "";
  const attempt = missing.get(key);
  if (attempt === undefined || (outcome.status === "failed" && outcome.passing === true)) return;
  missing.delete(key);
  // a process that died here has collected a part already
  if ((journal.kept(key)?.attempt ?? -1) >= attempt) return;
  await journal.add(key, outcome, attempt);
  totals.add(outcome, outcome.status === "answered" && (usable?.(outcome.text) ?? true));
}
