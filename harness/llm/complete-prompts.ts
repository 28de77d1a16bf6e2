import { HarnessError } from "../errors.ts";
import type { CompletionJournal } from "./completion-journal.ts";
import { type CompletionTotals, countTotals, type TotalsCounter } from "./completion-totals.ts";
import type { ChatClient, Failed, Outcome, Prompt } from "./types.ts";

/** Passing failures in a row, without an answer between them, after which the servers count as gone. */
const PASSING_FAILURES = 8;
/** Outcomes before which a share of failures says nothing. */
const EARLY = 20;

export type CompletionJob = {
  readonly client: ChatClient;
  readonly journal: CompletionJournal;
  readonly prompts: AsyncIterable<Prompt> | Iterable<Prompt>;
  /** Requests under way at once, at most; at least 1. */
  readonly concurrency: number;
  /** Whether an answer is of use; one that is not is kept, and counts as a failure. */
  readonly usable?: ((text: string) => boolean) | undefined;
  /** Ask again, as a further attempt, where a failure or an answer of no use was kept before this job. */
  readonly retryFailed?: boolean | undefined;
  /** Share of the outcomes of this job that may be failures, in [0, 1], once there are twenty. */
  readonly failureBudget?: number | undefined;
  /** USD for the job; what was `spent` on its prompts before counts too. At most the requests under way come on top. */
  readonly usdBudget?: number | undefined;
  readonly spent?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((totals: CompletionTotals) => void) | undefined;
};

/**
 * Asks every prompt that has no outcome yet. Each outcome is in the journal before it counts, so the same job goes on where
 * it was stopped. Prompts are drawn as they are needed: memory grows with the failures that pass, not with the prompts.
 *
 * A prompt that got no answer, while others did, is asked once more at the end; then its failure is kept like any other.
 *
 * @throws {HarnessError} `BUDGET_SPENT` when a budget is used up, after the requests under way have ended;
 *   `REMOTE_UNREACHABLE` when the servers no longer answer; what the client throws
 */
export async function completePrompts(job: CompletionJob): Promise<CompletionTotals> {
  const { client, journal } = job;
  checkBudget(job);
  const totals = countTotals(client, job.spent ?? 0);
  const again: Prompt[] = [];
  // prompts may come twice, as documents do
  const asked = new Set<string>();
  let passing = 0;

  /** @returns why the job has to stop, if it has to */
  async function ask(prompt: Prompt, unanswered: (failure: Failed) => Outcome): Promise<HarnessError | undefined> {
    const key = journal.keyOf(prompt);
    const attempt = asked.has(key) ? undefined : await nextAttempt(key, job);
    if (attempt === undefined || asked.has(key)) {
      totals.keep();
      return undefined;
    }
    asked.add(key);
    return await complete({ prompt, key, attempt }, unanswered);
  }

  async function complete(
    { prompt, key, attempt }: { readonly prompt: Prompt; readonly key: string; readonly attempt: number },
    unanswered: (failure: Failed) => Outcome,
  ): Promise<HarnessError | undefined> {
    const reply = await client.complete(prompt, attempt);
    const passes = isPassing(reply);
    passing = passes ? passing + 1 : 0;
    const outcome = passes ? unanswered(reply) : reply;
    const stop = passes && passing >= PASSING_FAILURES ? gone(reply.why) : undefined;
    // servers that are gone say nothing of the prompt
    if (stop === undefined && !isPassing(outcome)) await journal.add(key, outcome, attempt);
    totals.add(outcome, outcome.status === "answered" && (job.usable?.(outcome.text) ?? true));
    job.onProgress?.(totals.now());
    return stop ?? exhausted(totals, job);
  }

  await drain(job.prompts, job, (prompt) =>
    ask(prompt, (failure) => {
      again.push(prompt);
      return failure;
    }),
  );
  totals.askAgain(again.length);
  for (const prompt of again) asked.delete(journal.keyOf(prompt));
  await drain(again, job, (prompt) =>
    ask(prompt, ({ status, why }) => ({ status, why, passing: totals.now().answered === 0 })),
  );
  return totals.now();
}

function isPassing(outcome: Outcome): outcome is Failed {
  return outcome.status === "failed" && outcome.passing === true;
}

type Asking = Pick<CompletionJob, "journal" | "retryFailed" | "usable">;

/** The number of the attempt that is due; undefined when the prompt has its outcome. */
export async function nextAttempt(key: string, { journal, retryFailed, usable }: Asking): Promise<number | undefined> {
  const kept = journal.kept(key);
  if (kept === undefined) return 0;
  if (retryFailed !== true) return undefined;
  if (kept.status === "failed") return kept.attempt + 1;
  if (usable === undefined) return undefined;
  const entry = await journal.find(key);
  const useful = entry?.outcome.status === "answered" && usable(entry.outcome.text);
  return useful ? undefined : kept.attempt + 1;
}

/** Works on prompts, several at once, until they end or one says stop; then lets those under way end. */
async function drain(
  prompts: CompletionJob["prompts"],
  { concurrency, signal }: CompletionJob,
  work: (prompt: Prompt) => Promise<unknown>,
): Promise<void> {
  const drawn = draw(prompts);
  let stop: unknown;
  async function worker(): Promise<void> {
    while (stop === undefined) {
      try {
        signal?.throwIfAborted();
        const next = await drawn.next();
        if (next.done === true) return;
        stop ??= await work(next.value);
      } catch (error) {
        stop ??= error;
      }
    }
  }
  await Promise.all(Array.from({ length: concurrency }, worker));
  if (stop !== undefined) throw stop;
}

/** One iterator that several workers may draw from: a generator answers one call after the other. */
async function* draw(prompts: CompletionJob["prompts"]): AsyncGenerator<Prompt> {
  yield* prompts;
}

/** @throws {HarnessError} `USAGE` for a budget of money without prices */
function checkBudget({ usdBudget, client }: CompletionJob): void {
  if (usdBudget === undefined || client.priced) return;
  throw new HarnessError("USAGE", "a budget in USD needs the price of the model, found none.", {
    hint: "Give what a million prompt tokens and a million completion tokens cost.",
  });
}

/** Why a job has to stop; undefined while its budgets last. */
export function exhausted(
  counter: Pick<TotalsCounter, "now" | "lastFailure">,
  { failureBudget, usdBudget }: Pick<CompletionJob, "failureBudget" | "usdBudget">,
): HarnessError | undefined {
  const totals = counter.now();
  const outcomes = totals.answered + totals.failed;
  if (failureBudget !== undefined && outcomes >= EARLY && totals.failed / outcomes > failureBudget) {
    const share = Number((failureBudget * 100).toPrecision(3));
    const failed = `${totals.failed} of ${outcomes} prompts failed, more than ${share} %`;
    return new HarnessError("BUDGET_SPENT", `${failed}; the last: ${counter.lastFailure()}`, {
      hint: "What was answered is kept. Mend the prompt or the server, and run again.",
    });
  }
  if (usdBudget === undefined) return undefined;
  if (totals.usd === undefined) {
    return new HarnessError("BUDGET_SPENT", "the server does not count tokens, so the budget in USD cannot be kept.", {
      hint: "What was answered is kept. Go on without a budget, or have the server send `usage`.",
    });
  }
  if (totals.usd < usdBudget) return undefined;
  return new HarnessError("BUDGET_SPENT", `${totals.usd.toFixed(4)} USD are spent, the budget is ${usdBudget}.`, {
    hint: "What was answered is kept. Raise the budget and run the same command to go on.",
  });
}

function gone(why: string): HarnessError {
  const message = `${PASSING_FAILURES} requests in a row brought nothing; the last: ${why}`;
  return new HarnessError("REMOTE_UNREACHABLE", message, {
    hint: "What was answered is kept. Mend the server and run the same command to go on.",
  });
}
