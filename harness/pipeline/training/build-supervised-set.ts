import { basename, dirname } from "node:path";
import { HarnessError } from "../../errors.ts";
import { readQueryPrompt } from "../../expand/query-prompt.ts";
import { weighVectors } from "../../expand/recipes.ts";
import { leadInStripper } from "../../expand/strip-lead-in.ts";
import { trainingFolder } from "../../storage/layout.ts";
import { candidateTexts } from "../../training/candidate-texts.ts";
import { type ChosenNegative, chooseNegatives, type MinedQuestion } from "../../training/choose-negatives.ts";
import type { TrainingQuestion } from "../../training/choose-questions.ts";
import { corpusScores } from "../../training/corpus-scores.ts";
import type { DataCard } from "../../training/data-card.ts";
import { dealExamples } from "../../training/deal-examples.ts";
import { mineNegatives } from "../../training/mine-negatives.ts";
import { flagEmbeddingRow, sentenceTransformersRow } from "../../training/retrieval-rows.ts";
import { type SupervisedOptions, supervisedOptions } from "../../training/supervised-options.ts";
import { asCandidates } from "../../training/text-options.ts";
import { type TrainingFormat, writeTrainingSet } from "../../training/write-training-set.ts";
import type { Workspace } from "../workspace.ts";
import type { BuiltSet } from "./build-sft-set.ts";
import { openTraining, type TrainingMaterial } from "./open-training.ts";
import { readTrainingFile } from "./read-training-file.ts";
import { ruleValues } from "./training-rules.ts";
import { type AskingChoices, completeTexts, openCandidates, type QuestionTexts } from "./training-texts.ts";

type Example = {
  readonly id: string;
  readonly question: TrainingQuestion;
  readonly expansion: string | undefined;
  readonly positiveScore: number | undefined;
  readonly negatives: readonly ChosenNegative[];
};

/**
 * Builds the set that teaches a retriever, as its YAML file says: queries or their expansions, gold documents, and negatives
 * that the engine finds.
 *
 * @throws {HarnessError} as `buildDpoSet`
 */
export async function buildSupervisedSet(
  file: string,
  choices: AskingChoices,
  workspace: Workspace,
): Promise<BuiltSet> {
  const { options, sha256 } = await readTrainingFile(file, supervisedOptions);
  checkTexts(options, file);
  const place = dirname(file);
  const prompt = await readQueryPrompt({ file: options.prompt, folder: place, shipped: "llm-qe-prompt.txt" });
  const material = await openTraining(file, options, workspace);
  const dataset = material.searched.dataset.id.split("/").at(-1) ?? "";
  const { questions, own } = material;
  const { expansions } = options;
  try {
    const setting = { role: "expansions" as const, questions, folder: place, dataset, workspace, own };
    const texts =
      expansions === undefined ? undefined : await openCandidates(asCandidates(expansions), prompt, setting);
    await completeTexts({ expansions: texts?.prompted ?? [] }, { file, ...choices }, workspace);
    const built = await buildExamples(options, { material, texts });
    const examples = dealExamples(built.examples, options, { where: file, dropped: built.counts.dropped });
    const folder = trainingFolder(workspace.out, options.name);
    const promptName = prompt.file === undefined ? "shipped" : basename(prompt.file);
    const card = await writeTrainingSet({
      folder,
      examples,
      formats: supervisedFormats(options),
      card: {
        schemaVersion: 1,
        kind: "supervised",
        name: options.name,
        declaration: { sha256 },
        seed: options.seed,
        sources: [
          ...material.sources,
          ...(texts?.sources ?? []),
          ...(texts === undefined || texts.prompted.length === 0
            ? []
            : [{ role: "prompt", name: promptName, sha256: prompt.sha256 }]),
        ],
        synthetic: texts?.synthetic ?? false,
        method: ruleValues(options, material.searched.opened.identity),
        ...built.counts,
        leakage: material.leakage.report(),
        notes: [],
      },
    });
    return { folder, card };
  } finally {
    await material.close();
  }
}

function checkTexts({ anchor, mineWith, expansions }: SupervisedOptions, file: string): void {
  if (expansions !== undefined || (anchor !== "expansion" && mineWith !== "expansion")) return;
  throw new HarnessError("SPEC_INVALID", "an anchor or a search by expansions needs `expansions`, found none.", {
    where: file,
  });
}

/** The expansion where there are some, unless told. */
function anchorOf({ anchor, expansions }: SupervisedOptions): "query" | "expansion" {
  return anchor ?? (expansions === undefined ? "query" : "expansion");
}

type Building = { readonly material: TrainingMaterial; readonly texts: QuestionTexts | undefined };

async function buildExamples(options: SupervisedOptions, { material, texts }: Building) {
  const dropped = new Map(material.dropped);
  const expanded = await expandAll(material.questions, texts);
  const asked = material.questions.filter(({ id }) => texts === undefined || expanded.has(id));
  if (asked.length < material.questions.length) dropped.set("no expansion", material.questions.length - asked.length);
  const mined = await mineAll(asked, expanded, { options, material });
  const { dataset } = material.searched;
  const { negatives, twins } = await chooseNegatives(dataset, mined, options);
  const examples: Example[] = mined.flatMap(({ question, mined: { positiveScore } }) => {
    const own = negatives.get(question.id);
    if (own === undefined) return [];
    return [{ id: question.id, question, expansion: expanded.get(question.id), positiveScore, negatives: own }];
  });
  const lost = mined.filter(({ mined: { positiveScore } }) => positiveScore === undefined).length;
  if (lost > 0) dropped.set("gold document not retrieved", lost);
  const few = mined.length - lost - examples.length;
  if (few > 0) dropped.set("too few negatives", few);
  const total = (count: (one: MinedQuestion) => number) => mined.reduce((sum, one) => sum + count(one), 0);
  const counts: Pick<DataCard, "steps" | "dropped" | "figures"> = {
    steps: [
      { step: "queries", items: material.read },
      { step: "queries to search by", items: asked.length },
      { step: "examples", items: examples.length },
    ],
    dropped: Array.from(dropped, ([reason, items]) => ({ reason, items })),
    figures: {
      "documents of the ranks": total(
        ({ mined: { negatives: own, relevant, suspected } }) => own.length + relevant + suspected,
      ),
      "of them relevant": total(({ mined: { relevant } }) => relevant),
      "of them suspected to be": total(({ mined: { suspected } }) => suspected),
      "of them with the text of another": twins,
    },
  };
  return { examples, counts };
}

async function expandAll(questions: readonly TrainingQuestion[], texts: QuestionTexts | undefined) {
  const strip = await leadInStripper();
  const expanded = new Map<string, string>();
  if (texts === undefined) return expanded;
  for (const question of questions) {
    const [first] = candidateTexts((await texts.of(question)).slice(0, 1), strip).texts;
    if (first !== undefined) expanded.set(question.id, first);
  }
  return expanded;
}

type Mining = { readonly options: SupervisedOptions; readonly material: TrainingMaterial };

async function mineAll(
  questions: readonly TrainingQuestion[],
  expanded: ReadonlyMap<string, string>,
  { options, material }: Mining,
): Promise<readonly MinedQuestion[]> {
  // as in LLM-QE the expansion stands in the place of the query
  const recipe = weighVectors({ queryWeight: 0, queryRepeats: 0, role: "document" });
  const by = options.mineWith ?? anchorOf(options);
  const queries = questions.map(({ id, query, excluded }) => {
    const text = by === "expansion" ? expanded.get(id) : undefined;
    return { id, excluded, ...(text === undefined ? { text: query.text } : recipe(query, [text])) };
  });
  const mined: MinedQuestion[] = [];
  for await (const scores of corpusScores(queries, material.searched)) {
    const question = questions[scores.query];
    if (question === undefined) continue;
    mined.push({ question, mined: mineNegatives(scores, question, { ...options, gold: question.positive.row }) });
  }
  return mined;
}

function supervisedFormats(options: SupervisedOptions): readonly TrainingFormat<Example>[] {
  const by = anchorOf(options);
  const example = ({ question, expansion, negatives }: Example) => ({
    anchor: by === "expansion" ? (expansion ?? question.query.text) : question.query.text,
    positive: question.positive.text,
    negatives: negatives.map(({ text }) => text),
  });
  return [
    { folder: "triplets", row: tripletRow },
    { folder: "flag-embedding", row: (one) => flagEmbeddingRow(example(one)) },
    { folder: "sentence-transformers", row: (one) => sentenceTransformersRow(example(one)) },
  ];
}

function tripletRow({ question, expansion, positiveScore, negatives }: Example) {
  const { query, positive } = question;
  return {
    query: { id: query.id, text: query.text },
    expansion: expansion ?? null,
    positive: { id: positive.id, score: positiveScore, text: positive.text },
    negatives: negatives.map(({ id, rank, score, text }) => ({ id, rank, score, text })),
  };
}
