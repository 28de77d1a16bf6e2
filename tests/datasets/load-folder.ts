import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Fragment } from "../../harness/component.ts";
import { loadDataset } from "../../harness/datasets/load-dataset.ts";
import { listLocalFiles } from "../../harness/datasets/local-files.ts";
import { createFormat } from "../../harness/datasets/registry.ts";
import type { Dataset } from "../../harness/domain/dataset.ts";
import { DEFAULT_POLICY } from "../../harness/domain/policy.ts";
import type { View } from "../../harness/domain/view.ts";

/** The dataset of a folder in a format, under BEIR's rules. */
export async function loadFolder(folder: string, format: Fragment, more: { strict?: boolean } = {}): Promise<Dataset> {
  return await loadDataset({
    id: "set",
    format: createFormat(format),
    files: await listLocalFiles(folder),
    policy: DEFAULT_POLICY,
    strict: more.strict ?? true,
  });
}

/** The paths that the format would fetch of the folder. */
export async function selectFiles(folder: string, format: Fragment): Promise<readonly string[]> {
  return await createFormat(format).select(await listLocalFiles(folder));
}

export async function bodiesOf({ corpus }: Dataset): Promise<readonly Omit<View, "id">[]> {
  const views: Omit<View, "id">[] = [];
  for await (const { title, text } of corpus.views()) views.push({ title, text });
  return views;
}

export function judgementCount({ qrels }: Pick<Dataset, "qrels">): number {
  return [...qrels.values()].reduce((sum, judged) => sum + judged.size, 0);
}

/** Writes files by their paths below a folder. */
export async function writeFiles(
  folder: string,
  files: Readonly<Record<string, string | Uint8Array>>,
): Promise<string> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  return folder;
}

export function jsonLines(rows: readonly object[]): string {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join("");
}
