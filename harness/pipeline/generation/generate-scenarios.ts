import type { Dataset } from "../../domain/dataset.ts";
import type { GenerationEstimate } from "../../domain/generation.ts";
import { HarnessError } from "../../errors.ts";
import type { CompletionTotals } from "../../llm/completion-totals.ts";
import type { DocumentOutcome } from "../../scenarios/document-prompt.ts";
import { type GenerationOptions, generationOptions } from "../../scenarios/generation-options.ts";
import { entriesOfOutcome } from "../../scenarios/outcome-entries.ts";
import type { AnswerRepair } from "../../scenarios/parse-answer.ts";
import { type Generation, openGeneration } from "../../scenarios/scenario-generation.ts";
import {
  artefactFiles,
  type GeneratedSource,
  readManifest,
  type ScenarioManifest,
} from "../../scenarios/scenario-manifest.ts";
import type { ScenarioServices } from "../../scenarios/types.ts";
import { type DocumentEntries, writeArtefact } from "../../scenarios/write-artefact.ts";
import { completionFolder } from "../../storage/layout.ts";
import { openDataset } from "../datasets/open-dataset.ts";
import type { Workspace } from "../workspace.ts";

export type GenerationRequest = {
  readonly dataset: string;
  /** As a run file would give them; checked here. */
  readonly options: unknown;
  /** File of the rows, `.jsonl` or `.parquet`. */
  readonly to: string;
  /** What a relative path in the options refers to. */
  readonly folder: string;
  readonly retryFailed: boolean;
  /** Write the set although documents are without an answer; they count as failed in it. */
  readonly allowMissing: boolean;
  /** Only say what it would cost. */
  readonly estimateOnly: boolean;
  /** What the prompt must be. */
  readonly promptSha256?: string | undefined;
};

export type GenerationReport = {
  readonly estimate: GenerationEstimate;
  readonly totals: (CompletionTotals & { readonly underWay: number }) | undefined;
  /** Undefined when nothing was written: an estimate, or batches and files that are under way. */
  readonly manifest: ScenarioManifest | undefined;
  readonly rows: string;
};

/** What scenario sources take from a workspace. */
export function scenarioServices({ cache, secret, signal, say, batchFiles }: Workspace): ScenarioServices {
  return { completions: completionFolder(cache), secret, signal, say, batchFiles };
}

/**
 * Has an LLM write the scenarios of a dataset that it has not written yet, and writes the scenario set.
 *
 * @param onEstimate told before anything is asked
 * @throws {HarnessError} as `completePrompts`; `REMOTE_UNREACHABLE` when documents are left without an answer; everything
 *   that was answered is kept, and the same command goes on
 */
export async function generateScenarios(
  request: GenerationRequest,
  workspace: Workspace,
  onEstimate: (estimate: GenerationEstimate) => void,
): Promise<GenerationReport> {
  const options = checkOptions(request.options);
  artefactFiles(request.to);
  const dataset = await openDataset(request.dataset, workspace);
  const { folder } = request;
  const corpus = { datasetId: dataset.id, docIds: dataset.docIds, corpus: dataset.corpus, folder };
  const generation = await openGeneration(options, corpus, scenarioServices(workspace));
  try {
    checkPrompt(generation, request);
    const estimate = await generation.estimate();
    onEstimate(estimate);
    const report = { estimate, rows: request.to, manifest: undefined };
    if (request.estimateOnly) return { ...report, totals: undefined };
    const totals = await ask(generation, estimate, { request, workspace });
    if (totals.underWay > 0) return { ...report, totals };
    checkAnswered(totals, request);
    return { ...report, totals, manifest: await write(generation, { dataset, options, to: request.to }) };
  } finally {
    await generation.close();
  }
}

/**
 * Asks again for what failed in a scenario set, by the options in its manifest, and writes it anew.
 *
 * @param baseUrls where the servers are now, if elsewhere
 * @throws {HarnessError} as `generateScenarios`; `USAGE` for a set that was not generated here
 */
export async function retryScenarios(
  path: string,
  { baseUrls, folder }: { readonly baseUrls: readonly string[] | undefined; readonly folder: string },
  workspace: Workspace,
  onEstimate: (estimate: GenerationEstimate) => void,
): Promise<GenerationReport> {
  const { source, dataset } = await readManifest(path);
  if (source.kind !== "generated") {
    throw new HarnessError("USAGE", "expected a set that `spikebench scenarios generate` made.", { where: path });
  }
  const { client } = source.options;
  const [first = ""] = client.baseUrls;
  // answers are kept under the server's name, which must not change with the address
  const moved = { ...client, server: client.server ?? new URL(first).host, baseUrls };
  const options = baseUrls === undefined ? source.options : { ...source.options, client: moved };
  const request = { dataset: dataset.id, options, to: path, folder, promptSha256: source.prompt.sha256 };
  const choices = { retryFailed: true, allowMissing: false, estimateOnly: false };
  return await generateScenarios({ ...request, ...choices }, workspace, onEstimate);
}

function checkOptions(options: unknown): GenerationOptions {
  const parsed = generationOptions.safeParse(options);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new HarnessError("USAGE", `\`${issue?.path.join(".")}\`: ${issue?.message ?? "invalid"}`.replace(/\.?$/, "."));
}

/** Another prompt would ask for everything again. */
function checkPrompt({ template }: Generation, { promptSha256, to }: GenerationRequest): void {
  if (promptSha256 === undefined || promptSha256 === template.sha256) return;
  const expected = promptSha256.slice(0, 12);
  const found = template.sha256.slice(0, 12);
  throw new HarnessError("USAGE", `the prompt has changed: expected the one with hash ${expected}, found ${found}.`, {
    where: to,
    hint: "Generate the set anew, or bring the prompt back.",
  });
}

type Asking = { readonly request: GenerationRequest; readonly workspace: Workspace };

async function ask(generation: Generation, estimate: GenerationEstimate, { request, workspace }: Asking) {
  const task = workspace.progress.start(`scenarios for ${request.dataset}`, estimate.documents, "documents");
  task.skip(estimate.kept);
  try {
    return await generation.generate(estimate, {
      retryFailed: request.retryFailed,
      onProgress: ({ kept, answered, failed }) => task.update(kept + answered + failed),
    });
  } finally {
    task.end();
  }
}

function checkAnswered({ unanswered }: CompletionTotals, { allowMissing }: GenerationRequest): void {
  if (unanswered === 0 || allowMissing) return;
  throw new HarnessError("REMOTE_UNREACHABLE", `${unanswered} documents are without an answer.`, {
    hint: "What was answered is kept. Run the same command again, or give `--allow-missing` to count them as failed.",
  });
}

type Writing = { readonly dataset: Dataset; readonly options: GenerationOptions; readonly to: string };

async function write(generation: Generation, { dataset, options, to }: Writing): Promise<ScenarioManifest> {
  const summary = createSummary(generation.counting);
  async function* documents(): AsyncGenerator<DocumentEntries> {
    for await (const outcome of generation.outcomes()) {
      const { entries, repairs } = entriesOfOutcome(outcome);
      summary.add(outcome, repairs);
      const missing = { state: "failed", docId: outcome.docId, why: "no answer came" } as const;
      yield {
        docId: outcome.docId,
        entries: outcome.answer === undefined ? [missing] : entries,
        raw: rawFields(outcome, repairs),
      };
    }
  }
  const { id, origin, corpus } = dataset;
  const { sha256, file } = generation.template;
  return await writeArtefact(to, documents(), {
    hasRaw: true,
    dataset: { id, origin: [...origin], corpusSha256: corpus.contentHash },
    source: () => ({ kind: "generated", options, prompt: { sha256, file: file ?? null }, ...summary.read() }),
  });
}

function rawFields({ answer }: DocumentOutcome, repairs: readonly AnswerRepair[]) {
  if (answer?.outcome.status !== "answered") return undefined;
  const { text, finish, model } = answer.outcome;
  return { text, finish, model, ...(repairs.length === 0 ? {} : { repairs }) };
}

function createSummary(counting: Generation["counting"]) {
  const repairs = new Map<string, number>();
  const models = new Set<string>();
  let truncated = 0;
  let first: string | null = null;
  let last: string | null = null;
  return {
    add({ answer, truncated: cut }: DocumentOutcome, applied: readonly AnswerRepair[]): void {
      truncated += cut ? 1 : 0;
      for (const repair of applied) repairs.set(repair, (repairs.get(repair) ?? 0) + 1);
      if (answer === undefined) return;
      if (answer.outcome.status === "answered") models.add(answer.outcome.model);
      first = first === null || answer.at < first ? answer.at : first;
      last = last === null || answer.at > last ? answer.at : last;
    },
    read: (): Omit<GeneratedSource, "kind" | "options" | "prompt"> => ({
      servedModels: [...models].sort(),
      documents: { ...counting, truncated },
      repairs: Object.fromEntries([...repairs].sort(([a], [b]) => (a < b ? -1 : 1))),
      dates: { first, last },
    }),
  };
}
