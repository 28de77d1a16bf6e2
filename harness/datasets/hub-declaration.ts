import { z } from "zod";
import { HarnessError } from "../errors.ts";
import { parseYaml } from "../storage/yaml-source.ts";

/** One entry of `data_files`: patterns relative to the repository; `split` is absent where the entry names none. */
export type DeclaredTable = {
  readonly config: string;
  readonly split: string | undefined;
  readonly patterns: readonly string[];
};

const patterns = z.union([z.string().transform((path) => [path]), z.array(z.string())]);
const splitFiles = z.object({ split: z.string(), path: patterns });
const declaration = z.object({
  configs: z
    .array(
      z.object({
        config_name: z.string().default("default"),
        data_files: z.union([z.array(splitFiles), splitFiles.transform((one) => [one]), patterns]).optional(),
        data_dir: z.string().optional(),
      }),
    )
    .optional(),
});

/**
 * The tables that the YAML block at the head of a hub README declares (`configs:`); none without block or `configs`.
 *
 * @throws {HarnessError} `SPEC_INVALID` when the block is no YAML or `configs` is no declaration
 */
export function readDeclaredTables(readme: string, where: string): readonly DeclaredTable[] {
  const block = /^\uFEFF?---\r?\n(.*?)\r?\n---\s*(?:\n|$)/s.exec(readme)?.[1];
  if (block === undefined) return [];
  // names such as `2024` or `1e3` are texts
  const parsed = declaration.safeParse(parseYaml(block, where, ([key]) => key === "configs").value);
  if (!parsed.success) {
    throw new HarnessError("SPEC_INVALID", `\`configs\`: ${z.prettifyError(parsed.error).replaceAll("\n", " ")}`, {
      where,
    });
  }
  return (parsed.data.configs ?? []).flatMap((config) => declaredTables(config));
}

type Config = NonNullable<z.output<typeof declaration>["configs"]>[number];

function declaredTables({
  config_name: config,
  data_files: files,
  data_dir: folder,
}: Config): readonly DeclaredTable[] {
  const base = folder === undefined ? "" : `${folder.replace(/^\.?\/+|\/+$/g, "")}/`;
  if (files === undefined) return folder === undefined ? [] : [{ config, split: undefined, patterns: [`${base}**`] }];
  return files.map((entry) =>
    typeof entry === "string"
      ? { config, split: undefined, patterns: [base + entry] }
      : { config, split: entry.split, patterns: entry.path.map((path) => base + path) },
  );
}
