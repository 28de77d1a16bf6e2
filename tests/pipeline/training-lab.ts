import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { buildDpoSet } from "../../harness/pipeline/training/build-dpo-set.ts";
import { readParquetRows } from "../../harness/storage/parquet.ts";
import { linesOf } from "./scenario-lab.ts";
import type { Lab } from "./workspace.ts";

export type Row = Readonly<Record<string, unknown>>;

/** Writes a file of the lab and says where. */
export async function put(lab: Lab, name: string, content: string | readonly object[]): Promise<string> {
  const path = `${lab.folder}/${name}`;
  await mkdir(dirname(path), { recursive: true });
  const text = typeof content === "string" ? content : content.map((row) => `${JSON.stringify(row)}\n`).join("");
  await writeFile(path, text);
  return path;
}

/** Rows of a file of a training set, JSON Lines or parquet; none where there is no such file. */
async function rowsOf(path: string, columns: readonly string[] = []): Promise<readonly Row[]> {
  if (!path.endsWith(".parquet")) return await linesOf(path);
  const rows: Row[] = [];
  for await (const batch of readParquetRows(path, columns)) rows.push(...batch.map(({ value }) => value));
  return rows;
}

/** Rows of both splits, the train split first. */
export async function bothSplits(folder: string, extension: string, columns: readonly string[] = []) {
  const splits = ["train", "validation"].map((split) => rowsOf(`${folder}/${split}.${extension}`, columns));
  return (await Promise.all(splits)).flat();
}

/** Builds the DPO set of a declaration; models are asked only where that is said. */
export async function buildDpo(
  lab: Lab,
  declaration: string,
  choices: { readonly generate?: boolean; readonly retryFailed?: boolean } = {},
) {
  return await buildDpoSet(
    await put(lab, "s.yaml", declaration),
    { generate: false, retryFailed: false, ...choices },
    lab.workspace,
  );
}
