import { basename, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { CompletionEstimate } from "../../domain/generation.ts";
import { HarnessError } from "../../errors.ts";
import type { QueryPrompt } from "../../expand/query-prompt.ts";
import { leadInStripper } from "../../expand/strip-lead-in.ts";
import { readPromptTemplate } from "../../llm/prompt-template.ts";
import { readRecordedTexts } from "../../llm/replay.ts";
import type { Prompt } from "../../llm/types.ts";
import { hashFile } from "../../storage/content-hash.ts";
import type { TrainingQuestion } from "../../training/choose-questions.ts";
import type { DataCard } from "../../training/data-card.ts";
import { openPromptedTexts, type PromptedTexts } from "../../training/prompted-texts.ts";
import {
  type AnsweredTexts,
  atTemperature,
  type RecordedTexts,
  type SampledTexts,
} from "../../training/text-options.ts";
import { scenarioServices } from "../generation/generate-scenarios.ts";
import type { Workspace } from "../workspace.ts";

/** Texts that were written for questions, by a model or before. */
export type QuestionTexts = {
  /** As they came; undefined where one is missing. */
  of(question: TrainingQuestion): Promise<readonly (string | undefined)[]>;
  readonly sources: DataCard["sources"];
  readonly synthetic: boolean;
  /** What asks a model, one for every temperature; none where texts are recorded. */
  readonly prompted: readonly PromptedTexts[];
};

/** Where and for what texts are written. */
export type TextSetting = {
  /** What the card calls the texts. */
  readonly role: "candidates" | "answers" | "expansions";
  readonly questions: readonly TrainingQuestion[];
  /** What relative paths refer to. */
  readonly folder: string;
  /** What `{dataset}` stands for. */
  readonly dataset: string;
  readonly workspace: Workspace;
  /** Closes journals in the end. */
  readonly own: (texts: PromptedTexts) => void;
};

/** Expansions of queries. @throws as `readRecordedTexts` and `openPromptedTexts` */
export async function openCandidates(
  options: RecordedTexts | SampledTexts,
  template: QueryPrompt,
  { role, questions, folder, dataset, workspace, own }: TextSetting,
): Promise<QuestionTexts> {
  if ("path" in options) return await openRecorded(role, options, folder);
  const strip = await leadInStripper();
  const services = scenarioServices(workspace);
  const promptOf = ({ query }: TrainingQuestion, sample: number): Prompt => ({
    messages: [{ role: "user", content: template.fill({ query: query.text, dataset }) }],
    sample,
    about: query.id,
  });
  const samples = Array.from({ length: options.samples }, (_, sample) => sample);
  const prompts = () => questions.flatMap((question) => samples.map((sample) => promptOf(question, sample)));
  const usable = (text: string) => strip(text).text !== "";
  const prompted: PromptedTexts[] = [];
  for (const temperature of options.temperatures) {
    const client = atTemperature(options, temperature);
    const texts = await openPromptedTexts({ options: { ...options, client }, services, prompts, usable });
    own(texts);
    prompted.push(texts);
  }
  return {
    of: (question) =>
      Promise.all(prompted.flatMap((texts) => samples.map((sample) => texts.textOf(promptOf(question, sample))))),
    sources: [{ role, name: `model ${options.client.model}`, sha256: null }],
    synthetic: false,
    prompted,
  };
}

/**
 * Answers with the gold document at hand.
 *
 * @param cut to what a model reads of a document
 * @throws as `openCandidates`
 */
export async function openAnswers(
  options: RecordedTexts | AnsweredTexts,
  cut: (text: string) => string,
  { role, questions, folder, dataset, workspace, own }: TextSetting,
): Promise<QuestionTexts> {
  if ("path" in options) return await openRecorded(role, options, folder);
  const shipped = fileURLToPath(new URL("../../training/answer-prompt.txt", import.meta.url));
  const template = await readPromptTemplate({
    file: options.prompt,
    folder,
    own: shipped,
    places: ["query", "document"],
  });
  const promptOf = ({ query, positive }: TrainingQuestion): Prompt => {
    const content = template.fill({ query: query.text, document: cut(positive.text), dataset });
    return { messages: [{ role: "user", content }], about: query.id };
  };
  const prompts = () => questions.map(promptOf);
  const usable = (text: string) => text.trim() !== "";
  const texts = await openPromptedTexts({ options, services: scenarioServices(workspace), prompts, usable });
  own(texts);
  const prompt = { role: "answer prompt", name: options.prompt === undefined ? "shipped" : basename(options.prompt) };
  return {
    of: async (question) => [await texts.textOf(promptOf(question))],
    sources: [
      { role, name: `model ${options.client.model}`, sha256: null },
      { ...prompt, sha256: template.sha256 },
    ],
    synthetic: false,
    prompted: [texts],
  };
}

async function openRecorded(role: string, { path, synthetic }: RecordedTexts, folder: string): Promise<QuestionTexts> {
  const file = resolve(folder, path);
  const texts = await readRecordedTexts(file);
  const name = synthetic ? `${basename(path)} (made up)` : basename(path);
  return {
    of: ({ id }) => Promise.resolve((texts.get(id) ?? []).map((text) => text ?? undefined)),
    sources: [{ role, name, sha256: await hashFile(file) }],
    synthetic,
    prompted: [],
  };
}

export type AskingChoices = {
  /** Ask models for texts that are missing; without it nothing is asked. */
  readonly generate: boolean;
  /** Ask again where the outcome is a failure or of no use. */
  readonly retryFailed: boolean;
};

/**
 * Asks models for the texts that are missing, if that is allowed. The sources of one kind share a budget.
 *
 * @param file the declaration, for messages
 * @throws {HarnessError} `NOT_GENERATED` where it is not allowed, or batches have not ended; as `askMissing`
 */
export async function completeTexts(
  sources: Readonly<Record<string, readonly PromptedTexts[]>>,
  { file, generate, retryFailed }: AskingChoices & { readonly file: string },
  workspace: Workspace,
): Promise<void> {
  const wanted: string[] = [];
  const byFiles = workspace.batchFiles !== undefined;
  for (const [what, prompted] of Object.entries(sources)) {
    const estimates = [];
    for (const texts of prompted) estimates.push({ texts, estimate: await texts.estimate() });
    const missing = sum(estimates.map(({ estimate }) => estimate.prompts - estimate.kept));
    const again = generate && (retryFailed || byFiles) && prompted.length > 0;
    if (missing === 0 && !again) continue;
    const line = `${what}: ${costLine(estimates.map(({ estimate }) => estimate))}`;
    if (!generate) {
      wanted.push(line);
      continue;
    }
    workspace.say(line);
    const underWay = await askAll(what, estimates, { retryFailed, workspace });
    const why = byFiles ? "have no answer yet" : "are in batches that have not ended";
    if (underWay > 0) wanted.push(`${what}: ${underWay} ${why}.`);
  }
  if (wanted.length === 0) return;
  throw new HarnessError("NOT_GENERATED", `texts by a model are missing. ${wanted.join(" ")}`, {
    where: file,
    hint: hintFor(generate, byFiles),
  });
}

function hintFor(generate: boolean, byFiles: boolean): string {
  if (!generate) return "`--generate` asks for them.";
  return byFiles ? "`--import-batch` takes their answers." : "Run the same command again to collect them.";
}

type Estimated = {
  readonly texts: PromptedTexts;
  readonly estimate: CompletionEstimate & { readonly prompts: number };
};

type AskingAll = { readonly retryFailed: boolean; readonly workspace: Workspace };

async function askAll(what: string, all: readonly Estimated[], { retryFailed, workspace }: AskingAll): Promise<number> {
  const task = workspace.progress.start(what, sum(all.map(({ estimate }) => estimate.prompts)), "texts");
  task.skip(sum(all.map(({ estimate }) => estimate.kept)));
  const toCome = total(all.map(({ estimate }) => estimate.usd));
  let spentUsd = total(all.map(({ estimate }) => estimate.spentUsd));
  let before = 0;
  let underWay = 0;
  try {
    for (const { texts, estimate } of all) {
      const totals = await texts.generate(
        { spentUsd, usd: toCome },
        { retryFailed, onProgress: ({ kept, answered, failed }) => task.update(before + kept + answered + failed) },
      );
      spentUsd = totals.usd;
      before += estimate.prompts;
      underWay += totals.underWay;
    }
  } finally {
    task.end();
  }
  return underWay;
}

function costLine(estimates: readonly CompletionEstimate[]): string {
  const requests = sum(estimates.map(({ toAsk }) => toAsk));
  const prompt = sum(estimates.map(({ promptTokens }) => promptTokens));
  const completion = sum(estimates.map(({ completionTokens }) => completionTokens));
  const usd = total(estimates.map((estimate) => estimate.usd));
  const money = usd === undefined ? "" : `, about ${usd.toFixed(2)} USD`;
  return `${requests} requests, about ${prompt} prompt and at most ${completion} completion tokens${money}.`;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, number) => all + number, 0);
}

function total(amounts: readonly (number | undefined)[]): number | undefined {
  const known = amounts.filter((amount) => amount !== undefined);
  return known.length === amounts.length ? sum(known) : undefined;
}
