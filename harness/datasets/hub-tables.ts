import { z } from "zod";
import { HarnessError } from "../errors.ts";
import { type DeclaredTable, readDeclaredTables } from "./hub-declaration.ts";
import { matchPaths } from "./path-pattern.ts";
import type { FileListing } from "./types.ts";

/** A split of a config, as the hub calls a table and its parts. */
export const hubTableOptions = {
  root: z.string().default("").describe("folder of the repository that holds the table: the `mount` of its source"),
  config: z.string().min(1).describe("config of the repository, as its dataset viewer names it"),
  split: z.string().min(1).describe("split of the config"),
};

export type HubTable = { readonly root: string; readonly config: string; readonly split: string };

/** Paths of a table's files, in order, and of the README.md that declares them, if one does. */
export type TablePaths = { readonly paths: readonly string[]; readonly declaredIn: string | undefined };

/** All that has to be fetched to read the tables. */
export function tablePaths(tables: readonly TablePaths[]): readonly string[] {
  return unique(
    tables.flatMap(({ paths, declaredIn }) => [...paths, ...(declaredIn === undefined ? [] : [declaredIn])]),
  );
}

const KINDS = ["parquet", "jsonl", "jsonl.gz", "tsv", "tsv.gz", "csv", "csv.gz"];

/**
 * The files of a table: as the YAML of the repository's README.md declares them, and for a config that it does not
 * declare by the hub's conventions for names, the first of them that any file follows.
 *
 * @throws {HarnessError} `FILE_MISSING` when there is no such config, split or file: says what there is; `SPEC_INVALID`
 *   when the declaration cannot be read
 * Source: https://huggingface.co/docs/hub/datasets-file-names-and-splits and .../datasets-manual-configuration
 */
export async function findTable(files: FileListing, { root, config, split }: HubTable): Promise<TablePaths> {
  const below = root === "" ? "" : `${root.replace(/\/+$/, "")}/`;
  const readme = `${below}README.md`;
  const tables = files.paths.includes(readme)
    ? readDeclaredTables(await files.readText(readme), `${files.where}/${readme}`)
    : [];
  const local = files.paths.filter((path) => path.startsWith(below)).map((path) => path.slice(below.length));
  const declared = tables.filter((table) => table.config === config);
  const found =
    declared.length > 0 ? declaredPaths(declared, split, local) : conventionalPaths({ config, split }, local);
  if (found.length > 0) {
    return {
      paths: found.map((path) => below + path),
      declaredIn: tables.length > 0 ? readme : undefined,
    };
  }
  const where = root === "" ? files.where : `${files.where}/${root}`;
  throw new HarnessError("FILE_MISSING", missing({ config, split, tables, local }), { where });
}

function declaredPaths(tables: readonly DeclaredTable[], split: string, local: readonly string[]): readonly string[] {
  const named = tables.filter((table) => table.split === split);
  const matched = named.flatMap(({ patterns }) => patterns.flatMap((pattern) => matchPaths(pattern, local)));
  if (matched.length > 0) return unique(matched);
  // a declaration without splits lists files; their names tell the split, and files that name none are `train`
  const unnamed = tables.filter((table) => table.split === undefined);
  const listed = unique(unnamed.flatMap(({ patterns }) => patterns.flatMap((pattern) => matchPaths(pattern, local))));
  const ofSplit = listed.filter((path) => wordsOf(path).includes(split));
  return ofSplit.length === 0 && split === "train" ? listed : ofSplit;
}

function conventionalPaths(
  { config, split }: { readonly config: string; readonly split: string },
  local: readonly string[],
): readonly string[] {
  const folders = config === "default" ? ["default/", "data/", "", "qrels/"] : [`${config}/`, `data/${config}/`];
  const stems = [`${split}-[0-9]*`, `${split}/**/*`, split];
  const names = folders.flatMap((folder) => stems.map((stem) => folder + stem));
  // BEIR's own repositories: `corpus.jsonl.gz` is split `corpus` of config `corpus`
  if (config === split) names.push(split);
  for (const name of names) {
    const found = matchPaths(`${name}.{${KINDS.join(",")}}`, local);
    if (found.length > 0) return found;
  }
  return [];
}

function missing({
  config,
  split,
  tables,
  local,
}: {
  readonly config: string;
  readonly split: string;
  readonly tables: readonly DeclaredTable[];
  readonly local: readonly string[];
}): string {
  const ofConfig = tables.filter((table) => table.config === config);
  if (ofConfig.length > 0) {
    const splits = ofConfig.flatMap((table) => table.split ?? []);
    const patterns = ofConfig.filter((table) => table.split === split).flatMap((table) => table.patterns);
    return patterns.length > 0
      ? `expected files ${list(patterns)} of split \`${split}\` of config \`${config}\`, found none.`
      : `expected a split \`${split}\` of config \`${config}\`, found ${list(splits)}.`;
  }
  const configs = unique(tables.map((table) => table.config));
  if (configs.length > 0) return `expected a config \`${config}\`, found ${list(configs)}.`;
  return `expected files of config \`${config}\`, split \`${split}\`, found ${list(local)}.`;
}

function list(names: readonly string[]): string {
  const shown = names.slice(0, 24).map((name) => `\`${name}\``);
  const more = names.length - shown.length;
  return shown.length === 0 ? "none" : `${shown.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

function wordsOf(path: string): readonly string[] {
  return path.split(/[-./\s]/);
}

function unique<Item>(items: readonly Item[]): readonly Item[] {
  return [...new Set(items)];
}
