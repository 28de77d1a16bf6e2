import { basename } from "node:path";
import { openText, writeFileAtomic, writeText } from "../storage/atomic-write.ts";
import { hashFile } from "../storage/content-hash.ts";
import { writeParquet } from "../storage/parquet-writer.ts";
import type { ScenarioEntry } from "./scenario-entry.ts";
import { artefactFiles, type ScenarioManifest } from "./scenario-manifest.ts";
import { ROW_COLUMNS, rowOf } from "./scenario-rows.ts";

/** What is written of one document. */
export type DocumentEntries = {
  readonly docId: string;
  readonly entries: readonly ScenarioEntry[];
  /** What the model said, as fields of a line of the raw file. */
  readonly raw?: Readonly<Record<string, unknown>> | undefined;
};

export type ArtefactFacts = Pick<ScenarioManifest, "dataset"> & {
  readonly hasRaw: boolean;
  /** Asked once all documents are written. */
  readonly source: () => ScenarioManifest["source"];
};

type Counts = { -readonly [Name in keyof ScenarioManifest["counts"]]: number };

/**
 * Writes a scenario set in the order of the documents: rows, what the model said, and the manifest last. Equal entries give
 * equal bytes.
 *
 * @param path of the rows, `.jsonl` or `.parquet`
 * @throws {HarnessError} `NOT_WRITABLE`, `DISK_FULL`; each file is whole or not there
 */
export async function writeArtefact(
  path: string,
  documents: AsyncIterable<DocumentEntries> | Iterable<DocumentEntries>,
  { dataset, hasRaw, source }: ArtefactFacts,
): Promise<ScenarioManifest> {
  const files = artefactFiles(path);
  const counts: Counts = { documents: 0, withScenarios: 0, noise: 0, failed: 0, scenarios: 0 };
  const raw = hasRaw ? await openText(files.raw, { gzip: true }) : undefined;
  async function* entries(): AsyncGenerator<ScenarioEntry> {
    for await (const document of documents) {
      count(counts, document.entries);
      if (document.raw !== undefined) await raw?.write(line({ doc_id: document.docId, ...document.raw }));
      yield* document.entries;
    }
  }
  try {
    await writeRows(path, entries());
    await raw?.commit();
  } catch (error) {
    await raw?.abort();
    throw error;
  }
  const named = async (file: string) => ({ file: basename(file), sha256: await hashFile(file) });
  const manifest: ScenarioManifest = {
    schemaVersion: 1,
    rows: await named(files.rows),
    raw: hasRaw ? await named(files.raw) : null,
    dataset,
    counts,
    source: source(),
  };
  await writeFileAtomic(files.manifest, `${JSON.stringify(manifest, undefined, 2)}\n`);
  return manifest;
}

async function writeRows(path: string, entries: AsyncIterable<ScenarioEntry>): Promise<void> {
  if (path.endsWith(".parquet")) {
    await writeParquet(path, ROW_COLUMNS, rows(entries));
    return;
  }
  await writeText(path, async (writer) => {
    for await (const row of rows(entries)) await writer.write(line(row));
  });
}

async function* rows(entries: AsyncIterable<ScenarioEntry>) {
  for await (const entry of entries) yield rowOf(entry);
}

function line(value: object): string {
  return `${JSON.stringify(value)}\n`;
}

function count(counts: Counts, entries: readonly ScenarioEntry[]): void {
  const scenarios = entries.filter((entry) => entry.state !== "failed");
  const content = scenarios.filter(({ noise }) => !noise);
  counts.documents += 1;
  counts.scenarios += scenarios.length;
  if (content.length > 0) counts.withScenarios += 1;
  else if (scenarios.length > 0) counts.noise += 1;
  else if (entries.length > 0) counts.failed += 1;
}
