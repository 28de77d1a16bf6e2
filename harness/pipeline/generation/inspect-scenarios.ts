import { dirname, join } from "node:path";
import type { Dataset } from "../../domain/dataset.ts";
import type { ScenarioStatistics } from "../../domain/scenario-statistics.ts";
import type { ScenarioEntry } from "../../scenarios/scenario-entry.ts";
import { readScenarioFile, scenarioFile } from "../../scenarios/scenario-file.ts";
import { readManifest, type ScenarioManifest } from "../../scenarios/scenario-manifest.ts";
import { fieldsOf } from "../../scenarios/scenario-rows.ts";
import { scenarioStatistics } from "../../scenarios/scenario-statistics.ts";
import { hashFile } from "../../storage/content-hash.ts";
import { openDataset } from "../datasets/open-dataset.ts";
import type { Workspace } from "../workspace.ts";

/** The manifest of a scenario set, or all that is written of one document. */
export async function showScenarios(path: string, document: string | undefined): Promise<unknown> {
  if (document === undefined) return await readManifest(path);
  const shown: unknown[] = [];
  for await (const entry of readScenarioFile(path)) if (entry.docId === document) shown.push(shownEntry(entry));
  return { doc_id: document, scenarios: shown };
}

function shownEntry(entry: ScenarioEntry): unknown {
  if (entry.state === "failed") return { error: entry.why };
  const fields = entry.state === "text" ? { text: entry.text } : fieldsOf(entry.parts);
  return entry.noise ? { ...fields, noise: true } : fields;
}

/** What a check of a scenario set found. */
export type ScenarioCheck = { readonly manifest: ScenarioManifest; readonly faults: readonly string[] };

/**
 * Holds a scenario set against its manifest and its dataset: digests, the order of the documents, ids, counts, and the
 * texts that the scenarios were written for.
 *
 * @throws {HarnessError} as `readManifest`, `readScenarioFile` and `openDataset`
 */
export async function checkScenarios(path: string, workspace: Workspace): Promise<ScenarioCheck> {
  const manifest = await readManifest(path);
  const dataset = await openDataset(manifest.dataset.id, workspace);
  const counts = await countRows(path, dataset);
  const changed = await changedFiles(path, manifest);
  const sameDocuments = dataset.corpus.contentHash === manifest.dataset.corpusSha256;
  const found = [
    ...changed.map((file) => `${file} is not the file that the manifest describes.`),
    !sameDocuments && "The dataset's documents are not those that the scenarios were written for.",
    counts.foreign > 0 && `${counts.foreign} rows name a document outside the corpus.`,
    counts.disordered > 0 && `${counts.disordered} rows are not in the order of the documents.`,
    counts.scenarios !== manifest.counts.scenarios &&
      `${counts.scenarios} scenarios are there, the manifest says ${manifest.counts.scenarios}.`,
  ];
  return { manifest, faults: found.filter((fault) => typeof fault === "string") };
}

async function changedFiles(path: string, { rows, raw }: ScenarioManifest): Promise<readonly string[]> {
  const changed: string[] = [];
  for (const named of raw === null ? [rows] : [rows, raw]) {
    if ((await hashFile(join(dirname(path), named.file))) !== named.sha256) changed.push(named.file);
  }
  return changed;
}

async function countRows(path: string, { docIds }: Pick<Dataset, "docIds">) {
  const rows = new Map<string, number>(docIds.map((id, row) => [id, row]));
  const counts = { scenarios: 0, foreign: 0, disordered: 0 };
  let last = 0;
  for await (const { docId, state } of readScenarioFile(path)) {
    const row = rows.get(docId);
    counts.scenarios += state === "failed" ? 0 : 1;
    counts.foreign += row === undefined ? 1 : 0;
    counts.disordered += row !== undefined && row < last ? 1 : 0;
    last = row ?? last;
  }
  return counts;
}

/** @param dataset the one that the manifest names, unless told */
export async function scenarioStatisticsOf(
  path: string,
  { dataset: id, rowsOf }: { readonly dataset: string | undefined; readonly rowsOf: string | undefined },
  workspace: Workspace,
): Promise<ScenarioStatistics> {
  const dataset = await openDataset(id ?? (await readManifest(path)).dataset.id, workspace);
  return await scenarioStatistics(dataset, scenarioFile(path, { rowsOf }));
}
