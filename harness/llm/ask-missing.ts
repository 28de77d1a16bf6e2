import type { CompletionEstimate } from "../domain/generation.ts";
import { HarnessError } from "../errors.ts";
import { openBatchEndpoint } from "../remote/batch-endpoint.ts";
import type { AskingOptions } from "./asking-options.ts";
import { completeBatches } from "./complete-batches.ts";
import { completePrompts } from "./complete-prompts.ts";
import type { CompletionJournal } from "./completion-journal.ts";
import type { CompletionServices } from "./completion-services.ts";
import type { AskedTotals, CompletionTotals } from "./completion-totals.ts";
import { exportRequests } from "./export-requests.ts";
import { importAnswers } from "./import-answers.ts";
import { secretOf } from "./openai.ts";
import type { ChatOptions } from "./openai-options.ts";
import type { ChatClient, Prompt } from "./types.ts";

export type AskRequest = {
  readonly options: AskingOptions & { readonly client: ChatOptions };
  readonly services: CompletionServices;
  readonly client: ChatClient;
  readonly journal: CompletionJournal;
  readonly prompts: AsyncIterable<Prompt> | Iterable<Prompt>;
  /** Whether an answer is of use; one that is not is kept, and counts as a failure. */
  readonly usable: (text: string) => boolean;
  /** Made just before, of the same prompts. */
  readonly estimate: Pick<CompletionEstimate, "spentUsd" | "usd">;
};

export type AskChoices = {
  /** Ask again where the outcome is a failure or an answer of no use. */
  readonly retryFailed?: boolean | undefined;
  readonly onProgress?: ((totals: CompletionTotals) => void) | undefined;
};

/**
 * Asks every prompt that has no outcome in the journal, in the way and within the budgets that the options say. With
 * `services.batchFiles` nothing is asked: requests are written, or answers read.
 *
 * @throws {HarnessError} as `completePrompts`, `completeBatches`, `exportRequests` and `importAnswers`
 */
export async function askMissing(
  { options, services, client, journal, prompts, usable, estimate }: AskRequest,
  { retryFailed, onProgress }: AskChoices,
): Promise<AskedTotals> {
  const { spentUsd: spent, usd } = estimate;
  const { batchFiles, pause, signal, say = () => undefined } = services;
  const job = { client, journal, prompts, usable, retryFailed, spent, signal, onProgress };
  const byFiles = { ...job, options: options.client, say };
  if (batchFiles?.kind === "export") return await exportRequests(byFiles, batchFiles.requests);
  if (batchFiles?.kind === "import") {
    return await importAnswers({ ...byFiles, failureBudget: options.failureBudget }, batchFiles.answers);
  }
  if (options.via === "requests") {
    const { failureBudget, usdBudget } = options;
    const { concurrency } = options.client;
    return { ...(await completePrompts({ ...job, concurrency, failureBudget, usdBudget })), underWay: 0 };
  }
  checkBatchBudget(options, (spent ?? 0) + (usd ?? 0));
  const [baseUrl = ""] = options.client.baseUrls;
  const endpoint = await openBatchEndpoint({
    baseUrl,
    apiKey: secretOf(options.client, services),
    timeoutMs: options.client.timeoutSeconds * 1_000,
    signal,
  });
  const { wait, pollSeconds } = options;
  return await completeBatches({ ...job, endpoint, options: options.client, wait, pollSeconds, pause, say });
}

/** A batch cannot be stopped half way, so what it is expected to cost must fit. */
function checkBatchBudget({ usdBudget, client }: AskRequest["options"], expected: number): void {
  if (usdBudget === undefined || (client.price !== undefined && expected <= usdBudget)) return;
  const found = client.price === undefined ? "no price is given" : `about ${expected.toFixed(4)} USD are expected`;
  throw new HarnessError("BUDGET_SPENT", `${found}, the budget is ${usdBudget} USD; no batch is handed in.`);
}
