import { readdir, readFile } from "node:fs/promises";
import { basename, dirname, extname, join, resolve } from "node:path";
import { z } from "zod";
import { describeIssue, didYouMean } from "../../component.ts";
import { ORIGINAL_QRELS, policyRules } from "../../domain/policy.ts";
import { HarnessError } from "../../errors.ts";
import { ORIGINAL_QUERIES } from "../../plan/plan-types.ts";
import { fileError } from "../../storage/file-error.ts";
import { parseYaml } from "../../storage/yaml-source.ts";

const value = z.number().min(0).max(1);
const count = z.number().int().positive().optional();

const packSchema = z.strictObject({
  version: z.literal(1),
  title: z.string().min(1),
  /** Where the figures stand, with a commit or date. */
  source: z.string().min(1),
  /** A run file that makes the cells, relative to the pack. */
  run: z.string().min(1).optional(),
  digits: z.number().int().min(1).max(12),
  /** Largest difference that is still `OKish`. */
  okish: value,
  /** Rules that the figures were made under; those that are left out may be any. */
  policy: z.strictObject({ qrels: z.string().default(ORIGINAL_QRELS), ...z.object(policyRules).partial().shape }),
  /** Counts that the datasets had. */
  datasets: z.record(z.string(), z.strictObject({ documents: count, queries: count, judgements: count })).default({}),
  notes: z.array(z.string()).default([]),
  figures: z
    .array(
      z.strictObject({
        retriever: z.string().min(1),
        queries: z.string().default(ORIGINAL_QUERIES),
        measure: z.string().min(1),
        /** By dataset or group of datasets. */
        values: z.record(z.string(), value),
      }),
    )
    .min(1),
});

/** Figures printed elsewhere, with the conditions that they were made under. */
export type PublishedPack = z.output<typeof packSchema> & {
  readonly name: string;
  /** Absolute path of its run file. */
  readonly runFile: string | undefined;
};

/**
 * A pack by name, or by the path of its file.
 *
 * @param folders searched for `<name>.yaml`, in this order
 * @throws {HarnessError} `USAGE` for a name that no folder has; `FILE_MISSING`, `FILE_UNREADABLE`; `SPEC_INVALID` with line
 *   and column
 */
export async function readPack(name: string, folders: readonly string[]): Promise<PublishedPack> {
  const path = extname(name) === "" ? await findPack(name, folders) : name;
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    throw fileError(path, "read", cause);
  }
  const source = parseYaml(text, path, () => false);
  const parsed = packSchema.safeParse(source.value, { reportInput: true });
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const place = (issue?.path ?? []).filter((step) => typeof step !== "symbol");
    const complaint = issue === undefined ? "invalid." : describeIssue(issue);
    throw new HarnessError("SPEC_INVALID", `\`${place.join(".")}\`: ${complaint}`, { where: source.where(place) });
  }
  const { run } = parsed.data;
  const runFile = run === undefined ? undefined : resolve(dirname(path), run);
  return { ...parsed.data, name: basename(path, extname(path)), runFile };
}

async function findPack(name: string, folders: readonly string[]): Promise<string> {
  const known = new Map<string, string>();
  for (const folder of [...folders].reverse()) {
    for (const file of await readdir(folder).catch(() => [])) {
      if (extname(file) === ".yaml") known.set(basename(file, ".yaml"), join(folder, file));
    }
  }
  const path = known.get(name);
  if (path !== undefined) return path;
  const names = [...known.keys()].sort();
  throw new HarnessError("USAGE", `expected a pack of published figures (${names.join(", ")}), got \`${name}\`.`, {
    hint: didYouMean(name, names),
  });
}
