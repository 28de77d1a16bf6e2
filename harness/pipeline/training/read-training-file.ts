import { readFile } from "node:fs/promises";
import type { z } from "zod";
import { specError } from "../../spec/spec-error.ts";
import { hashBytes } from "../../storage/content-hash.ts";
import { fileError } from "../../storage/file-error.ts";
import { parseYaml } from "../../storage/yaml-source.ts";

export type TrainingFile<Options> = {
  readonly options: Options;
  /** Of the file's bytes. */
  readonly sha256: string;
};

/**
 * Reads the YAML file that declares a training set.
 *
 * @throws {HarnessError} `FILE_MISSING`, `FILE_UNREADABLE`; `SPEC_INVALID` with line and column
 */
export async function readTrainingFile<Schema extends z.ZodObject>(
  file: string,
  schema: Schema,
): Promise<TrainingFile<z.output<Schema>>> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (cause) {
    throw fileError(file, "read", cause);
  }
  const source = parseYaml(text, file, ([first]) => first === "name");
  const parsed = schema.safeParse(source.value, { reportInput: true });
  if (parsed.success) return { options: parsed.data, sha256: hashBytes(text) };
  const knownKeys = (path: readonly unknown[]) => (path.length === 0 ? Object.keys(schema.shape) : []);
  throw specError(parsed.error, { source, file, knownKeys });
}
