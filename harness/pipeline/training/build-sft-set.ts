import { basename, dirname, resolve } from "node:path";
import { openDocumentCap } from "../../scenarios/document-cap.ts";
import { readScenarioPrompt, type ScenarioPrompt } from "../../scenarios/scenario-prompt.ts";
import { TRAINING_COLUMNS } from "../../scenarios/scenario-rows.ts";
import { hashFile } from "../../storage/content-hash.ts";
import { trainingFolder } from "../../storage/layout.ts";
import { openaiChatRow, TRL_CHAT_COLUMNS, trlChatRow } from "../../training/chat-rows.ts";
import type { DataCard } from "../../training/data-card.ts";
import { dealExamples } from "../../training/deal-examples.ts";
import { openLeakageCheck } from "../../training/leakage.ts";
import { chooseSftExamples, type SftExample, type SftExamples } from "../../training/sft-examples.ts";
import { type SftOptions, sftOptions } from "../../training/sft-options.ts";
import { joinTeacherRows, readTeacherRows, type TeacherRow } from "../../training/teacher-rows.ts";
import { type TrainingFormat, writeTrainingSet } from "../../training/write-training-set.ts";
import { openDataset } from "../datasets/open-dataset.ts";
import type { Workspace } from "../workspace.ts";
import { openEvaluationSets } from "./open-evaluation-sets.ts";
import { readTrainingFile } from "./read-training-file.ts";
import { ruleValues } from "./training-rules.ts";

export type BuiltSet = { readonly folder: string; readonly card: DataCard };

/**
 * Builds the set that teaches a model to write scenarios, as its YAML file says. The same files give the same bytes.
 *
 * @throws {HarnessError} `SPEC_INVALID`; `DATA_INVALID` when nothing is left to train on; as the sources' readers
 */
export async function buildSftSet(file: string, workspace: Workspace): Promise<BuiltSet> {
  const { options, sha256 } = await readTrainingFile(file, sftOptions);
  const { name, seed, leakage: rules } = options;
  const place = dirname(file);
  const template = await readScenarioPrompt(options.prompt, place);
  const cap = await openDocumentCap(options, place);
  const leakage = openLeakageCheck(await openEvaluationSets(rules.against, place, workspace), rules);
  const rows = teacherRows(options, place, workspace);
  const chosen = await chooseSftExamples(rows, { cut: cap.cut, noise: options.noise, leakage });
  const counts = countsOf(chosen);
  const examples = dealExamples(chosen.examples, options, { where: file, dropped: counts.dropped });
  const folder = trainingFolder(workspace.out, name);
  const card = await writeTrainingSet({
    folder,
    examples,
    formats: sftFormats(template),
    card: {
      schemaVersion: 1,
      kind: "sft",
      name,
      declaration: { sha256 },
      seed,
      sources: [...(await sourcesOf(options, place)), promptSource(template)],
      synthetic: false,
      method: ruleValues({ ...options, counting: cap.counting }),
      ...counts,
      leakage: leakage.report(),
      notes: [],
    },
  });
  return { folder, card };
}

async function* teacherRows({ sources }: SftOptions, place: string, workspace: Workspace): AsyncGenerator<TeacherRow> {
  for (const { path, dataset, rowsOf } of sources) {
    const from = resolve(place, path);
    if (dataset === undefined) yield* readTeacherRows(from, rowsOf);
    else yield* joinTeacherRows(await openDataset(dataset, workspace), from, rowsOf);
  }
}

function sftFormats(template: ScenarioPrompt): readonly TrainingFormat<SftExample>[] {
  const chat = ({ row }: SftExample) => ({
    prompt: template.fill({ document: row.content, dataset: row.dataset ?? "" }),
    completion: row.scenario_list,
  });
  return [
    { folder: "openai", row: (example) => openaiChatRow(chat(example)) },
    { folder: "trl", row: (example) => trlChatRow(chat(example)) },
    { folder: "trl-parquet", columns: TRL_CHAT_COLUMNS, row: (example) => trlChatRow(chat(example)) },
    { folder: "spike", columns: TRAINING_COLUMNS, row: ({ row }) => row },
    { folder: "rows", row: provenance },
  ];
}

/** What chat formats have no place for, line by line. */
function provenance({ id, row, truncated }: SftExample) {
  const { scenario_list: _, content: __, id: document, ...columns } = row;
  return { example: id, document, ...columns, truncated };
}

async function sourcesOf({ sources }: SftOptions, place: string): Promise<DataCard["sources"]> {
  const described = sources.map(async ({ path, dataset, rowsOf }) => ({
    role: dataset === undefined ? "training rows" : `scenarios of ${dataset}`,
    name: rowsOf === undefined ? basename(path) : `${basename(path)}, rows of ${rowsOf}`,
    sha256: await hashFile(resolve(place, path)),
  }));
  return await Promise.all(described);
}

function promptSource({ file, sha256 }: ScenarioPrompt): DataCard["sources"][number] {
  return { role: "prompt", name: file === undefined ? "shipped" : basename(file), sha256 };
}

function countsOf({ read, dropped, examples, noise }: SftExamples): Pick<DataCard, "steps" | "dropped" | "figures"> {
  const lengths = examples.map(({ row }) => row.content.length);
  return {
    steps: [
      { step: "documents in the sources", items: read },
      { step: "kept", items: examples.length },
    ],
    dropped: Array.from(dropped, ([reason, items]) => ({ reason, items })),
    figures: {
      "documents cut to the limit": examples.filter(({ truncated }) => truncated).length,
      "noise documents in the sources": noise,
      "mean characters of a document": mean(lengths),
      "mean characters of an answer": mean(examples.map(({ row }) => row.scenario_list.length)),
    },
  };
}

function mean(numbers: readonly number[]): number | null {
  return numbers.length === 0 ? null : numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}
