import type { GenerationEstimate } from "../domain/generation.ts";
import { composeView } from "../domain/view.ts";
import { HarnessError } from "../errors.ts";
import { type AskChoices, askMissing } from "../llm/ask-missing.ts";
import { type CompletionJournal, openJournal } from "../llm/completion-journal.ts";
import type { AskedTotals } from "../llm/completion-totals.ts";
import { openChatClient } from "../llm/openai.ts";
import type { Prompt } from "../llm/types.ts";
import type { Json } from "../storage/content-hash.ts";
import { answerJsonSchema } from "./answer-schema.ts";
import { type DocumentCap, openDocumentCap } from "./document-cap.ts";
import type { DocumentOutcome, DocumentPrompt } from "./document-prompt.ts";
import { estimateGeneration } from "./estimate-generation.ts";
import type { GenerationOptions } from "./generation-options.ts";
import { parseAnswer } from "./parse-answer.ts";
import { readScenarioPrompt, type ScenarioPrompt } from "./scenario-prompt.ts";
import type { ScenarioRequest, ScenarioServices } from "./types.ts";

/** The scenarios of one corpus by one model and prompt, as far as they are in the journal. */
export type Generation = {
  readonly template: ScenarioPrompt;
  readonly clientIdentity: Json;
  /** How documents are counted. */
  readonly counting: DocumentCap["counting"];
  estimate(): Promise<GenerationEstimate>;
  /** Asks for what is missing. @param estimate made just before */
  generate(estimate: GenerationEstimate, choices: AskChoices): Promise<AskedTotals>;
  /** In document order. */
  outcomes(): AsyncGenerator<DocumentOutcome>;
  close(): Promise<void>;
};

/**
 * Opens the journal of a generation. Nothing is asked.
 *
 * @throws {HarnessError} as `readScenarioPrompt`; `USAGE` where there is no folder for completions
 */
export async function openGeneration(
  options: GenerationOptions,
  request: ScenarioRequest,
  services: ScenarioServices,
): Promise<Generation> {
  if (services.completions === undefined) throw new HarnessError("USAGE", "expected a folder for completions.");
  const template = await readScenarioPrompt(options.prompt, request.folder);
  const cap = await openDocumentCap(options, request.folder);
  const client = openChatClient(options.client, services);
  const say = services.say ?? (() => undefined);
  const journal = await openJournal({ root: services.completions, client, onWarning: say });
  const prompts = () => documentPrompts({ options, request, template, cap, journal });
  return {
    template,
    clientIdentity: client.identity,
    counting: cap.counting,
    estimate: () => estimateGeneration({ options, client, journal, prompts: prompts() }),
    generate: (estimate, choices) =>
      askMissing({ options, services, client, journal, prompts: promptsOnly(prompts()), usable, estimate }, choices),
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

type PromptSource = {
  readonly options: GenerationOptions;
  readonly request: ScenarioRequest;
  readonly template: ScenarioPrompt;
  readonly cap: DocumentCap;
  readonly journal: CompletionJournal;
};

const usable = (text: string) => parseAnswer(text).status === "parsed";
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
