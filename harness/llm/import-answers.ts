import type { HarnessError } from "../errors.ts";
import type { AnswerFiles, FoundAnswer } from "./answer-files.ts";
import { readCustomId } from "./batch-requests.ts";
import { type CompletionJob, exhausted } from "./complete-prompts.ts";
import { type AskedTotals, countTotals, type TotalsCounter } from "./completion-totals.ts";
import type { ChatOptions } from "./openai-options.ts";
import type { Outcome } from "./types.ts";

/** Answers that go to disk together: one wait for the disk each. */
const TOGETHER = 256;

export type ImportJob = Omit<CompletionJob, "concurrency" | "retryFailed" | "usdBudget"> & {
  readonly options: ChatOptions;
  readonly say: (line: string) => void;
};

type Entry = { readonly key: string; readonly attempt: number; readonly outcome: Outcome };

/**
 * Journals the answers that others have written, as if they had come from the servers: the same keys, the same attempts. An
 * answer that is there already is passed over, so reading files twice changes nothing; of several answers of one attempt the
 * first counts, and any before a failure.
 *
 * What failed on the server's side has no outcome. When more than `failureBudget` of the outcomes are failures none of the
 * failures is journaled, for the server may be their cause; answers are.
 *
 * @returns with the prompts that have no outcome yet as under way
 * @throws {HarnessError} `BUDGET_SPENT`; `REMOTE_REFUSED` for answers of another model, at the first of them
 */
export async function importAnswers(job: ImportJob, files: AnswerFiles): Promise<AskedTotals> {
  const { journal } = job;
  const totals = countTotals(job.client, job.spent ?? 0);
  const wanted = await wantedKeys(job, () => totals.keep());
  const intake = openIntake(job, totals);
  const counts = { repeated: 0, passing: 0 };
  let complaint: string | undefined;
  for await (const answer of files.answers()) {
    job.signal?.throwIfAborted();
    const entry = readEntry(answer, wanted, job.options);
    if (entry === undefined) continue;
    const failure = entry.outcome.status === "failed" ? entry.outcome : undefined;
    complaint ??= failure?.why;
    if (failure?.passing === true) counts.passing += 1;
    else if (intake.has(entry)) counts.repeated += 1;
    else await intake.take(entry);
  }
  const stop = await intake.end();
  const underWay = [...wanted].filter((key) => journal.kept(key) === undefined).length;
  job.say(summary({ ...totals.now(), ...counts, underWay }));
  if (complaint !== undefined) job.say(`the first failure: ${complaint}`);
  if (stop !== undefined) throw stop;
  return { ...totals.now(), underWay };
}

/** Journals answers as they come, and failures at the end, when it is known how many there are. */
function openIntake(job: ImportJob, totals: TotalsCounter) {
  const { journal, usable } = job;
  const answered = new Map<string, Entry>();
  const failed = new Map<string, Entry>();
  async function flush(entries: Map<string, Entry>): Promise<void> {
    await Promise.all(Array.from(entries.values(), ({ key, outcome, attempt }) => journal.add(key, outcome, attempt)));
    entries.clear();
    job.onProgress?.(totals.now());
  }
  return {
    /** Whether what is kept, or about to be, counts rather than this one. */
    has({ key, attempt, outcome }: Entry): boolean {
      const held = answered.get(key) ?? failed.get(key);
      const kept = held === undefined ? journal.kept(key) : { attempt: held.attempt, status: held.outcome.status };
      if (kept === undefined || kept.attempt < attempt) return false;
      return kept.attempt > attempt || kept.status === "answered" || outcome.status === "failed";
    },
    async take(entry: Entry): Promise<void> {
      const { key, outcome } = entry;
      if (outcome.status === "failed") {
        failed.set(key, entry);
        return;
      }
      failed.delete(key);
      answered.set(key, entry);
      totals.add(outcome, usable?.(outcome.text) ?? true);
      if (answered.size >= TOGETHER) await flush(answered);
    },
    /** @returns why the failures are not journaled, if they are not */
    async end(): Promise<HarnessError | undefined> {
      await flush(answered);
      for (const { outcome } of failed.values()) totals.add(outcome, false);
      const stop = exhausted(totals, { failureBudget: job.failureBudget });
      if (stop === undefined) await flush(failed);
      return stop;
    },
  };
}

async function wantedKeys({ prompts, journal, signal }: ImportJob, onKept: () => void): Promise<ReadonlySet<string>> {
  const wanted = new Set<string>();
  for await (const prompt of prompts) {
    signal?.throwIfAborted();
    const key = journal.keyOf(prompt);
    if (wanted.has(key)) continue;
    wanted.add(key);
    if (journal.kept(key) !== undefined) onKept();
  }
  return wanted;
}

/** Undefined for an answer that nobody here asked for. */
function readEntry(answer: FoundAnswer, wanted: ReadonlySet<string>, options: ChatOptions): Entry | undefined {
  const named = readCustomId(answer.customId);
  if (named === undefined || !wanted.has(named.key)) return undefined;
  answer.claim();
  const expected = { where: answer.where, model: options.servedModel ?? options.model };
  return { ...named, outcome: answer.outcome(expected) };
}

type Summary = Pick<AskedTotals, "answered" | "failed" | "underWay"> & {
  readonly repeated: number;
  readonly passing: number;
};

function summary({ answered, failed, repeated, passing, underWay }: Summary): string {
  return (
    `${answered} answers taken, ${failed} failures; ${repeated} repeat what is kept, ${passing} say that the server failed; ` +
    `${underWay} prompts are still without an outcome.`
  );
}
