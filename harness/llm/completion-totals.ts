import type { ChatClient, Outcome } from "./types.ts";

/** Characters of an answer of no use that a message shows. */
const SHOWN_CHARACTERS = 120;

/** What a job did so far. */
export type CompletionTotals = {
  /** Prompts that had an outcome before, were answered now to some use, failed now, or are without an answer. */
  readonly kept: number;
  readonly answered: number;
  readonly failed: number;
  readonly unanswered: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** Outcomes without a token count. */
  readonly unmetered: number;
  /** With what was spent before the job; undefined where a price or a count is missing. */
  readonly usd: number | undefined;
};

/** With how many prompts are in batches that have not ended, in files that were written, or in no file that was read. */
export type AskedTotals = CompletionTotals & { readonly underWay: number };

export type TotalsCounter = {
  keep(): void;
  add(outcome: Outcome, useful: boolean): void;
  /** Prompts without an answer are about to be asked again. */
  askAgain(prompts: number): void;
  now(): CompletionTotals;
  /** Why the latest prompt that failed did, as a sentence; undefined before one has. */
  lastFailure(): string | undefined;
};

/** @param spent USD before the job */
export function countTotals(client: Pick<ChatClient, "costOf" | "priced">, spent: number): TotalsCounter {
  const totals = { kept: 0, answered: 0, failed: 0, unanswered: 0, promptTokens: 0, completionTokens: 0, unmetered: 0 };
  let usd = client.priced ? spent : undefined;
  let lastFailure: string | undefined;
  function meter(outcome: Outcome): void {
    const metered = outcome.promptTokens !== undefined && outcome.completionTokens !== undefined;
    // a server that turns a prompt away has done no work for it, and counts nothing
    if (!metered && outcome.status === "failed") return;
    totals.unmetered += metered ? 0 : 1;
    const cost = client.costOf(outcome);
    usd = usd === undefined || cost === undefined ? undefined : usd + cost;
  }
  return {
    keep() {
      totals.kept += 1;
    },
    add(outcome, useful) {
      if (outcome.status === "failed" && outcome.passing === true) {
        totals.unanswered += 1;
        return;
      }
      totals[useful ? "answered" : "failed"] += 1;
      if (!useful) lastFailure = reason(outcome);
      totals.promptTokens += outcome.promptTokens ?? 0;
      totals.completionTokens += outcome.completionTokens ?? 0;
      meter(outcome);
    },
    askAgain(prompts) {
      totals.unanswered -= prompts;
    },
    now: () => ({ ...totals, usd }),
    lastFailure: () => lastFailure,
  };
}

function reason(outcome: Outcome): string {
  if (outcome.status === "failed") return outcome.why.replace(/([^.?!])$/, "$1.");
  const text = outcome.text.slice(0, SHOWN_CHARACTERS);
  return `an answer that cannot be used: ${JSON.stringify(text)}${text.length < outcome.text.length ? " ..." : "."}`;
}
