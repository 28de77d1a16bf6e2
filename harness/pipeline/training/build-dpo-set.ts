import { basename, dirname } from "node:path";
import { type QueryPrompt, readQueryPrompt } from "../../expand/query-prompt.ts";
import { leadInStripper } from "../../expand/strip-lead-in.ts";
import { openDocumentCap } from "../../scenarios/document-cap.ts";
import { trainingFolder } from "../../storage/layout.ts";
import { type CandidateTexts, candidateTexts } from "../../training/candidate-texts.ts";
import {
  conversationPreferenceRow,
  openaiPreferenceRow,
  TRL_PREFERENCE_COLUMNS,
  trlPreferenceRow,
} from "../../training/chat-rows.ts";
import type { TrainingQuestion } from "../../training/choose-questions.ts";
import type { DataCard } from "../../training/data-card.ts";
import { dealExamples } from "../../training/deal-examples.ts";
import { type DpoOptions, dpoOptions } from "../../training/dpo-options.ts";
import { type PreferencePair, pairOf } from "../../training/preference-pairs.ts";
import type { CandidatePool } from "../../training/reward-candidates.ts";
import { type TrainingFormat, writeTrainingSet } from "../../training/write-training-set.ts";
import type { Workspace } from "../workspace.ts";
import type { BuiltSet } from "./build-sft-set.ts";
import { openTraining, type TrainingMaterial } from "./open-training.ts";
import { readTrainingFile } from "./read-training-file.ts";
import { checkRewards, rewardPools } from "./reward-pools.ts";
import { ruleValues } from "./training-rules.ts";
import {
  type AskingChoices,
  completeTexts,
  openAnswers,
  openCandidates,
  type QuestionTexts,
} from "./training-texts.ts";

/** Candidates that are rewarded together: their texts are in memory, and a whole corpus is searched once for them. */
const POOLED_TEXTS = 65_536;

/**
 * Builds the set that teaches a model to expand queries, as its YAML file says. Answers of models are kept as they come: the
 * same call goes on where it was stopped, and the same answers give the same bytes.
 *
 * @throws {HarnessError} `SPEC_INVALID`; `NOT_GENERATED` where models would have to be asked; `DATA_INVALID` when nothing is
 *   left to train on; as `completeTexts`, and as everything that is read
 */
export async function buildDpoSet(file: string, choices: AskingChoices, workspace: Workspace): Promise<BuiltSet> {
  const { options, sha256 } = await readTrainingFile(file, dpoOptions);
  const place = dirname(file);
  const prompt = await readQueryPrompt({ file: options.prompt, folder: place, shipped: "llm-qe-prompt.txt" });
  const material = await openTraining(file, options, workspace);
  try {
    checkRewards(options, material.searched, file);
    const texts = await openTexts(options, prompt, { place, material, workspace });
    const prompted = { candidates: texts.candidates.prompted, answers: texts.answers?.prompted ?? [] };
    await completeTexts(prompted, { file, ...choices }, workspace);
    const { pairs, tally } = await choosePairs(options, { material, texts, workspace });
    const { dropped } = tally.read(material, { pairs, kept: pairs.length });
    const examples = dealExamples(pairs, { ...options, train: options.pairs }, { where: file, dropped });
    const folder = trainingFolder(workspace.out, options.name);
    const kept = examples.train.length + examples.validation.length;
    const card = await writeTrainingSet({
      folder,
      examples,
      formats: dpoFormats(prompt, options),
      card: {
        schemaVersion: 1,
        kind: "dpo",
        name: options.name,
        declaration: { sha256 },
        seed: options.seed,
        sources: [...material.sources, ...sourcesOf(texts), promptSource(prompt)],
        synthetic: texts.candidates.synthetic || texts.answers?.synthetic === true,
        method: ruleValues(options, material.searched.opened.identity),
        ...tally.read(material, { pairs, kept }),
        leakage: material.leakage.report(),
        notes: [],
      },
    });
    return { folder, card };
  } finally {
    await material.close();
  }
}

type Texts = { readonly candidates: QuestionTexts; readonly answers: QuestionTexts | undefined };

type Surroundings = {
  readonly place: string;
  readonly material: TrainingMaterial;
  readonly workspace: Workspace;
};

async function openTexts(
  options: DpoOptions,
  prompt: QueryPrompt,
  { place, material, workspace }: Surroundings,
): Promise<Texts> {
  const { questions, searched } = material;
  const dataset = searched.dataset.id.split("/").at(-1) ?? searched.dataset.id;
  const setting = { questions, folder: place, dataset, workspace, own: material.own };
  const candidates = await openCandidates(options.candidates, prompt, { ...setting, role: "candidates" });
  if (!options.rewards.includes("answer") || options.answers === undefined) return { candidates, answers: undefined };
  const { cut } = await openDocumentCap(options, place);
  return { candidates, answers: await openAnswers(options.answers, cut, { ...setting, role: "answers" }) };
}

type Choosing = { readonly material: TrainingMaterial; readonly texts: Texts; readonly workspace: Workspace };

async function choosePairs(options: DpoOptions, { material, texts, workspace }: Choosing) {
  const strip = await leadInStripper();
  const tally = createTally();
  const pairs: PreferencePair[] = [];
  const task = workspace.progress.start("rewarding candidates", material.questions.length, "queries");
  async function reward(pools: readonly CandidatePool[]): Promise<void> {
    const findings = await rewardPools(pools, { options, ...material });
    for (const [at, pool] of pools.entries()) {
      const found = findings[at];
      const pair = found === undefined ? "no preference" : pairOf(pool, found, options);
      if (typeof pair === "string") tally.drop(pair);
      else pairs.push(pair);
    }
  }
  let pools: CandidatePool[] = [];
  let pooled = 0;
  for (const [done, question] of material.questions.entries()) {
    workspace.signal?.throwIfAborted();
    const came = candidateTexts(await texts.candidates.of(question), strip);
    tally.add(came);
    const pool = await poolOf(question, came, texts);
    if (typeof pool === "string") tally.drop(pool);
    else {
      pools.push(pool);
      pooled += pool.texts.length;
    }
    if (pooled < POOLED_TEXTS) continue;
    await reward(pools);
    task.update(done + 1);
    [pools, pooled] = [[], 0];
  }
  if (pools.length > 0) await reward(pools);
  task.end();
  return { pairs, tally };
}

/** @returns the reason when a query has nothing to choose from */
async function poolOf(
  question: TrainingQuestion,
  { texts }: CandidateTexts,
  { answers }: Texts,
): Promise<CandidatePool | string> {
  if (texts.length === 0) return "no candidate";
  if (texts.length === 1) return "a single candidate";
  if (answers === undefined) return { question, texts, answer: undefined };
  const [answer] = await answers.of(question);
  return answer === undefined || answer.trim() === "" ? "no answer" : { question, texts, answer: answer.trim() };
}

function createTally() {
  const dropped = new Map<string, number>();
  const figures = { texts: 0, missing: 0, repeated: 0, stripped: 0 };
  return {
    drop: (reason: string) => void dropped.set(reason, (dropped.get(reason) ?? 0) + 1),
    add({ asked, missing, repeated, stripped }: CandidateTexts) {
      figures.texts += asked;
      figures.missing += missing;
      figures.repeated += repeated;
      figures.stripped += stripped;
    },
    read(
      material: TrainingMaterial,
      { pairs, kept }: { readonly pairs: readonly PreferencePair[]; readonly kept: number },
    ): Pick<DataCard, "steps" | "dropped" | "figures"> {
      const all = [
        ...material.dropped,
        ...dropped,
        ...(kept < pairs.length ? [["pairs not sampled", pairs.length - kept] as const] : []),
      ];
      return {
        steps: [
          { step: "queries", items: material.read },
          { step: "queries to choose for", items: material.questions.length },
          { step: "pairs", items: pairs.length },
          { step: "pairs kept", items: kept },
        ],
        dropped: all.map(([reason, items]) => ({ reason, items })),
        figures: {
          "candidate texts": figures.texts,
          "of them missing or empty": figures.missing,
          "of them repeating another": figures.repeated,
          "of them without their lead-in": figures.stripped,
          "mean reward of what is preferred": mean(pairs.map(({ rewards }) => rewards.chosen)),
          "mean reward of what is avoided": mean(pairs.map(({ rewards }) => rewards.rejected)),
        },
      };
    },
  };
}

function mean(numbers: readonly number[]): number | null {
  return numbers.length === 0 ? null : numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}

function dpoFormats(prompt: QueryPrompt, { dataset }: DpoOptions): readonly TrainingFormat<PreferencePair>[] {
  const name = dataset.split("/").at(-1) ?? dataset;
  const example = ({ query, chosen, rejected }: PreferencePair) => ({
    prompt: prompt.fill({ query, dataset: name }),
    chosen,
    rejected,
  });
  const [columns, trl] = [TRL_PREFERENCE_COLUMNS, (pair: PreferencePair) => trlPreferenceRow(example(pair))];
  return [
    { folder: "trl", row: trl },
    { folder: "trl-parquet", columns, row: trl },
    { folder: "openai", row: (pair) => openaiPreferenceRow(example(pair)) },
    { folder: "conversations", row: (pair) => conversationPreferenceRow(example(pair)) },
    { folder: "rows", row: ({ chosen: _, rejected: __, ...provenance }) => provenance },
  ];
}

function sourcesOf({ candidates, answers }: Texts): DataCard["sources"] {
  return [...candidates.sources, ...(answers?.sources ?? [])];
}

function promptSource({ file, sha256 }: QueryPrompt): DataCard["sources"][number] {
  return { role: "prompt", name: file === undefined ? "shipped" : basename(file), sha256 };
}
