import { HarnessError } from "../errors.ts";
import type { CompletionJournal } from "./completion-journal.ts";
import type { ChatClient, Outcome, Prompt } from "./types.ts";

/** Passing failures in a row, without an answer between them, after which the servers count as gone. */
const PASSING_FAILURES = 8;

export type CompletionTotals = {
  /** Prompts looked at; of them those that had an outcome before, were answered now, failed now, or got no answer. */
  readonly prompts: number;
  readonly kept: number;
  readonly answered: number;
  readonly failed: number;
  readonly unanswered: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** Answers without a token count. */
  readonly unmetered: number;
  /** Undefined where a price or a count is missing. */
  readonly usd: number | undefined;
};

export type CompletionJob = {
  readonly client: ChatClient;
  readonly journal: CompletionJournal;
  readonly prompts: AsyncIterable<Prompt> | Iterable<Prompt>;
  /** Requests under way at once, at most; at least 1. */
  readonly concurrency: number;
  /** Ask again for prompts whose failure was kept. */
  readonly retryFailed?: boolean | undefined;
  /** Share of the prompts with an outcome of this job that may fail, in [0, 1], once there are twenty. */
  readonly failureBudget?: number | undefined;
  readonly usdBudget?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((totals: CompletionTotals) => void) | undefined;
};

const EARLY = 20;

/**
 * Asks every prompt that has no outcome yet. Each outcome is in the journal before it counts, so the same job goes on where
 * it was stopped. Prompts are drawn as they are needed: memory does not grow with their number.
 *
 * @throws {HarnessError} `BUDGET_SPENT` when a budget is used up, after the requests under way have ended;
 *   `REMOTE_UNREACHABLE` when the servers no longer answer; what the client throws
 */
export async function completePrompts(job: CompletionJob): Promise<CompletionTotals> {
  const { client, journal, concurrency, signal, retryFailed = false, onProgress } = job;
  const totals = { ...NOTHING };
  const asked = drawn(job.prompts);
  let passing = 0;
  let stop: unknown;

  function count(outcome: Outcome): void {
    if (outcome.status === "answered") {
      passing = 0;
      totals.answered += 1;
      totals.promptTokens += outcome.promptTokens ?? 0;
      totals.completionTokens += outcome.completionTokens ?? 0;
      totals.unmetered += outcome.promptTokens === undefined ? 1 : 0;
    } else if (outcome.passing === true) {
      passing += 1;
      totals.unanswered += 1;
    } else {
      totals.failed += 1;
    }
    const cost = client.costOf(outcome);
    totals.usd = totals.usd === undefined || cost === undefined ? undefined : totals.usd + cost;
    stop ??= exhausted(totals, job);
    if (passing === PASSING_FAILURES && outcome.status === "failed") stop ??= gone(outcome.why);
  }

  async function work(prompt: Prompt): Promise<void> {
    totals.prompts += 1;
    const state = journal.state(prompt);
    if (state === "answered" || (state === "failed" && !retryFailed)) {
      totals.kept += 1;
      return;
    }
    const outcome = await client.complete(prompt);
    // a passing failure is no outcome: the next run asks again
    if (outcome.status === "answered" || outcome.passing !== true) await journal.add(prompt, outcome);
    count(outcome);
  }

  async function worker(): Promise<void> {
    while (stop === undefined) {
      try {
        signal?.throwIfAborted();
        const next = await asked.next();
        if (next.done === true) return;
        await work(next.value);
        onProgress?.(totals);
      } catch (error) {
        stop ??= error;
      }
    }
  }

  await Promise.all(Array.from({ length: concurrency }, worker));
  if (stop !== undefined) throw stop;
  return totals;
}

const NOTHING: { -readonly [Name in keyof CompletionTotals]: CompletionTotals[Name] } = {
  prompts: 0,
  kept: 0,
  answered: 0,
  failed: 0,
  unanswered: 0,
  promptTokens: 0,
  completionTokens: 0,
  unmetered: 0,
  usd: 0,
};

function exhausted(totals: CompletionTotals, { failureBudget, usdBudget }: CompletionJob): HarnessError | undefined {
  const { answered, failed, usd } = totals;
  const outcomes = answered + failed;
  if (failureBudget !== undefined && outcomes >= EARLY && failed / outcomes > failureBudget) {
    return new HarnessError(
      "BUDGET_SPENT",
      `${failed} of ${outcomes} prompts failed, more than ${failureBudget * 100} %.`,
      {
        hint: "What was answered is kept. Look at the failures, mend the prompt or the server, and run again.",
      },
    );
  }
  if (usdBudget !== undefined && usd !== undefined && usd >= usdBudget) {
    return new HarnessError("BUDGET_SPENT", `${usd.toFixed(4)} USD are spent, the budget is ${usdBudget}.`, {
      hint: "What was answered is kept. Raise the budget and run the same command to go on.",
    });
  }
  return undefined;
}

function gone(why: string): HarnessError {
  return new HarnessError(
    "REMOTE_UNREACHABLE",
    `${PASSING_FAILURES} requests in a row brought nothing; the last: ${why}`,
    {
      hint: "What was answered is kept. Mend the server and run the same command to go on.",
    },
  );
}

/** One iterator that several workers may draw from: a generator answers one call after the other. */
async function* drawn(prompts: CompletionJob["prompts"]): AsyncGenerator<Prompt> {
  yield* prompts;
}
