import { resolve } from "node:path";
import type { Dataset } from "../../domain/dataset.ts";
import type { Qrels } from "../../domain/qrels.ts";
import { composeView } from "../../domain/view.ts";
import { HarnessError } from "../../errors.ts";
import { readQrels } from "../../storage/trec-qrels.ts";
import { readEvaluationQueries } from "../../training/evaluation-queries.ts";
import type { EvaluationSet } from "../../training/leakage.ts";
import { textDigest } from "../../training/text-digest.ts";
import type { EvaluationEntry } from "../../training/training-options.ts";
import { openDataset } from "../datasets/open-dataset.ts";
import type { Workspace } from "../workspace.ts";

/**
 * What is known of the datasets that systems will be evaluated on: from the datasets themselves, or from their judgements
 * and queries in files.
 *
 * @param folder what relative paths refer to
 * @throws {HarnessError} as `openDataset`, unless a set may be absent; `SPEC_INVALID` for queries without judgements
 */
export async function openEvaluationSets(
  entries: readonly EvaluationEntry[],
  folder: string,
  workspace: Workspace,
): Promise<readonly EvaluationSet[]> {
  const sets: EvaluationSet[] = [];
  for (const entry of entries) {
    const names = [entry.dataset, ...entry.rowsOf];
    const known = entry.qrels === undefined ? await ofDataset(entry, workspace) : await ofFiles(entry, folder);
    sets.push({ dataset: entry.dataset, names, ...known });
  }
  return sets;
}

type Known = Omit<EvaluationSet, "dataset" | "names">;

async function ofFiles({ dataset, qrels, queries }: EvaluationEntry, folder: string): Promise<Known> {
  const judged = await readQrels(resolve(folder, qrels ?? ""));
  return {
    queries: queries === undefined ? [] : await readEvaluationQueries(resolve(folder, queries)),
    goldIds: goldOf(judged.qrels),
    goldTexts: undefined,
    missing:
      `the documents of ${dataset} were not given: relevant ones are known by id only` +
      (queries === undefined ? ", and its queries not at all." : "."),
  };
}

async function ofDataset({ dataset: id, queries, ifAbsent }: EvaluationEntry, workspace: Workspace): Promise<Known> {
  if (queries !== undefined) {
    throw new HarnessError("SPEC_INVALID", "expected `qrels` beside `queries`.", { where: `evaluation set \`${id}\`` });
  }
  try {
    return await readGold(await openDataset(id, workspace));
  } catch (error) {
    if (ifAbsent === "fail" || !(error instanceof HarnessError && error.code === "NOT_FETCHED")) throw error;
    const missing = "its files are not on this machine: nothing was compared with it.";
    return { queries: [], goldIds: new Set(), goldTexts: undefined, missing };
  }
}

async function readGold({ docIds, corpus, qrels, queries }: Dataset): Promise<Known> {
  const goldIds = goldOf(qrels);
  const goldTexts = new Map<string, string>();
  let row = 0;
  for await (const view of corpus.views()) {
    const id = docIds[row++] ?? view.id;
    const digest = goldIds.has(id) ? textDigest(composeView(view)) : undefined;
    if (digest !== undefined && !goldTexts.has(digest)) goldTexts.set(digest, id);
  }
  return { queries, goldIds, goldTexts, missing: undefined };
}

function goldOf(qrels: Qrels): ReadonlySet<string> {
  const gold = new Set<string>();
  for (const judgements of qrels.values()) for (const [id, grade] of judgements) if (grade >= 1) gold.add(id);
  return gold;
}
