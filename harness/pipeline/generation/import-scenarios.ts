import { basename } from "node:path";
import { HarnessError } from "../../errors.ts";
import { orderEntries } from "../../scenarios/order-entries.ts";
import { readScenarioFile } from "../../scenarios/scenario-file.ts";
import { artefactFiles, type ScenarioManifest } from "../../scenarios/scenario-manifest.ts";
import { type DocumentEntries, writeArtefact } from "../../scenarios/write-artefact.ts";
import { hashFile } from "../../storage/content-hash.ts";
import { openDataset } from "../datasets/open-dataset.ts";
import type { Workspace } from "../workspace.ts";

export type ScenarioImport = {
  /** A file of scenarios in any layout that is known. */
  readonly path: string;
  readonly dataset: string;
  readonly to: string;
  /** Take the rows whose column `dataset` says so. */
  readonly rowsOf: string | undefined;
};

/**
 * Makes a scenario set of a file: the scenarios of a dataset's documents, in document order, with a manifest.
 *
 * @returns the manifest, and how many scenarios were left out because their document is not in the dataset
 * @throws {HarnessError} `DATA_INVALID` when none is left; as `readScenarioFile` and `writeArtefact`
 */
export async function importScenarios(
  { path, dataset: id, to, rowsOf }: ScenarioImport,
  workspace: Workspace,
): Promise<{ readonly manifest: ScenarioManifest; readonly foreign: number }> {
  artefactFiles(to);
  const dataset = await openDataset(id, workspace);
  const { entries, foreign } = await orderEntries(dataset, readScenarioFile(path, { rowsOf }));
  if (entries.size === 0) {
    throw new HarnessError("DATA_INVALID", `expected scenarios for documents of \`${id}\`, found none.`, {
      where: path,
      hint: foreign > 0 ? "None of the ids in the file is in the corpus." : "The file holds none.",
    });
  }
  function* documents(): Generator<DocumentEntries> {
    for (const [row, docId] of dataset.docIds.entries()) yield { docId, entries: entries.get(row) ?? [] };
  }
  const sha256 = await hashFile(path);
  const { origin, corpus } = dataset;
  const manifest = await writeArtefact(to, documents(), {
    hasRaw: false,
    dataset: { id, origin: [...origin], corpusSha256: corpus.contentHash },
    source: () => ({ kind: "imported", from: { file: basename(path), sha256 }, rowsOf: rowsOf ?? null }),
  });
  return { manifest, foreign };
}
