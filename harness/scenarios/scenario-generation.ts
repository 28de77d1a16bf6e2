import type { GenerationEstimate } from "../domain/generation.ts";
import { composeView } from "../domain/view.ts";
import { HarnessError } from "../errors.ts";
import { completeBatches } from "../llm/complete-batches.ts";
import { completePrompts } from "../llm/complete-prompts.ts";
import { type CompletionJournal, openJournal } from "../llm/completion-journal.ts";
import type { CompletionTotals } from "../llm/completion-totals.ts";
import { openChatClient, secretOf } from "../llm/openai.ts";
import type { ChatClient, Outcome, Prompt } from "../llm/types.ts";
import { openBatchEndpoint } from "../remote/batch-endpoint.ts";
import type { Json } from "../storage/content-hash.ts";
import { answerJsonSchema } from "./answer-schema.ts";
import { type DocumentCap, openDocumentCap } from "./document-cap.ts";
import { estimateGeneration } from "./estimate-generation.ts";
import type { GenerationOptions } from "./generation-options.ts";
import { parseAnswer } from "./parse-answer.ts";
import { type PromptTemplate, readPromptTemplate } from "./prompt-template.ts";
import type { ScenarioRequest, ScenarioServices } from "./types.ts";

/** What an LLM has to say of one document. */
export type DocumentPrompt = {
  readonly docId: string;
  readonly prompt: Prompt;
  readonly key: string;
  /** Whether only the beginning of the document is sent. */
  readonly truncated: boolean;
};

type GenerateChoices = {
  /** Ask again where the outcome is a failure or an answer that cannot be read. */
  readonly retryFailed?: boolean | undefined;
  readonly onProgress?: ((totals: CompletionTotals) => void) | undefined;
};

/** What became of a document's prompt; undefined where it was not asked yet. */
export type DocumentOutcome = DocumentPrompt & {
  readonly answer: { readonly outcome: Outcome; readonly at: string } | undefined;
};

/** The scenarios of one corpus by one model and prompt, as far as they are in the journal. */
export type Generation = {
  readonly template: PromptTemplate;
  readonly clientIdentity: Json;
  /** How documents are counted. */
  readonly counting: DocumentCap["counting"];
  estimate(): Promise<GenerationEstimate>;
  /** Asks for what is missing. @param estimate made just before */
  generate(
    estimate: GenerationEstimate,
    choices: GenerateChoices,
  ): Promise<CompletionTotals & { readonly underWay: number }>;
  /** In document order. */
  outcomes(): AsyncGenerator<DocumentOutcome>;
  close(): Promise<void>;
};

/**
 * Opens the journal of a generation. Nothing is asked.
 *
 * @throws {HarnessError} as `readPromptTemplate`; `USAGE` where there is no folder for completions
 */
export async function openGeneration(
  options: GenerationOptions,
  request: ScenarioRequest,
  services: ScenarioServices,
): Promise<Generation> {
  if (services.completions === undefined) throw new HarnessError("USAGE", "expected a folder for completions.");
  const template = await readPromptTemplate(options.prompt, request.folder);
  const cap = await openDocumentCap(options, request.folder);
  const client = openChatClient(options.client, services);
  const say = services.say ?? (() => undefined);
  const journal = await openJournal({ root: services.completions, client, onWarning: say });
  const prompts = () => documentPrompts({ options, request, template, cap, journal });
  const setting: Setting = { options, services, client, journal, prompts };
  return {
    template,
    clientIdentity: client.identity,
    counting: cap.counting,
    estimate: () => estimateGeneration({ options, client, journal, prompts }),
    generate: (estimate, choices) => generate(setting, estimate, choices),
    async *outcomes() {
      await journal.refresh();
      for await (const prompt of prompts()) {
        const entry = await journal.find(prompt.key);
        yield { ...prompt, answer: entry === undefined ? undefined : { outcome: entry.outcome, at: entry.at } };
      }
    },
    close: () => journal.close(),
  };
}

type Setting = {
  readonly options: GenerationOptions;
  readonly services: ScenarioServices;
  readonly client: ChatClient;
  readonly journal: CompletionJournal;
  readonly prompts: () => AsyncGenerator<DocumentPrompt>;
};

async function generate(
  setting: Setting,
  { spentUsd, usd }: GenerationEstimate,
  { retryFailed, onProgress }: GenerateChoices,
) {
  const { options, services, client, journal, prompts } = setting;
  const job = {
    client,
    journal,
    prompts: promptsOnly(prompts()),
    usable: (text: string) => parseAnswer(text).status === "parsed",
    retryFailed,
    spent: spentUsd,
    signal: services.signal,
    onProgress,
  };
  if (options.via === "requests") {
    const { failureBudget, usdBudget } = options;
    const { concurrency } = options.client;
    return { ...(await completePrompts({ ...job, concurrency, failureBudget, usdBudget })), underWay: 0 };
  }
  checkBatchBudget(options, (spentUsd ?? 0) + (usd ?? 0));
  const [baseUrl = ""] = options.client.baseUrls;
  const endpoint = await openBatchEndpoint({
    baseUrl,
    apiKey: secretOf(options.client, services),
    timeoutMs: options.client.timeoutSeconds * 1_000,
    signal: services.signal,
  });
  const { wait, pollSeconds } = options;
  const say = services.say ?? (() => undefined);
  return await completeBatches({
    ...job,
    endpoint,
    options: options.client,
    wait,
    pollSeconds,
    pause: services.pause,
    say,
  });
}

/** A batch cannot be stopped half way, so what it is expected to cost must fit. */
function checkBatchBudget({ usdBudget, client }: GenerationOptions, expected: number): void {
  if (usdBudget === undefined || (client.price !== undefined && expected <= usdBudget)) return;
  const found = client.price === undefined ? "no price is given" : `about ${expected.toFixed(4)} USD are expected`;
  throw new HarnessError("BUDGET_SPENT", `${found}, the budget is ${usdBudget} USD; no batch is handed in.`);
}

type PromptSource = {
  readonly options: GenerationOptions;
  readonly request: ScenarioRequest;
  readonly template: PromptTemplate;
  readonly cap: DocumentCap;
  readonly journal: CompletionJournal;
};

const SCHEMA = { name: "scenarios", schema: answerJsonSchema };

async function* documentPrompts({
  options,
  request,
  template,
  cap,
  journal,
}: PromptSource): AsyncGenerator<DocumentPrompt> {
  const { corpus, docIds, datasetId } = request;
  const dataset = options.datasetName ?? datasetId.split("/").at(-1) ?? datasetId;
  let row = 0;
  for await (const view of corpus.views()) {
    const whole = composeView(view);
    const document = cap.cut(whole);
    const content = template.fill({ document, dataset });
    const prompt: Prompt = { messages: [{ role: "user", content }], schema: SCHEMA };
    const docId = docIds[row++] ?? view.id;
    yield { docId, prompt, key: journal.keyOf(prompt), truncated: document.length < whole.length };
  }
}

async function* promptsOnly(prompts: AsyncIterable<DocumentPrompt>): AsyncGenerator<Prompt> {
  for await (const { prompt } of prompts) yield prompt;
}
