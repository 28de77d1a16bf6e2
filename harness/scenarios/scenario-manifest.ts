import { z } from "zod";
import { HarnessError } from "../errors.ts";
import { readRecord } from "../storage/json-record.ts";
import { generationOptions } from "./generation-options.ts";

const fileSchema = z.object({ file: z.string(), sha256: z.string() });
const count = z.int().min(0);

const generatedSchema = z.object({
  kind: z.literal("generated"),
  options: generationOptions,
  prompt: z.object({ sha256: z.string(), file: z.string().nullable() }),
  /** Names that answers carried for the model. */
  servedModels: z.array(z.string()),
  /** How documents were counted and cut. */
  documents: z.discriminatedUnion("counted", [
    z.object({ counted: z.literal("approximate"), truncated: count }),
    z.object({ counted: z.literal("tokenizer"), sha256: z.string(), truncated: count }),
  ]),
  /** Answers that were read only after a repair, by its kind; one answer may need several. */
  repairs: z.record(z.string(), count),
  /** When the first and the last of the outcomes came. */
  dates: z.object({ first: z.string().nullable(), last: z.string().nullable() }),
});

const importedSchema = z.object({ kind: z.literal("imported"), from: fileSchema, rowsOf: z.string().nullable() });

const manifestSchema = z.object({
  schemaVersion: z.literal(1),
  rows: fileSchema,
  /** What the model said, word for word; null where it is not known. */
  raw: fileSchema.nullable(),
  dataset: z.object({ id: z.string(), origin: z.array(z.string()), corpusSha256: z.string() }),
  source: z.discriminatedUnion("kind", [generatedSchema, importedSchema]),
  counts: z.object({ documents: count, withScenarios: count, noise: count, failed: count, scenarios: count }),
});

/** What a scenario set says of itself, in a file beside it. */
export type ScenarioManifest = z.output<typeof manifestSchema>;
export type GeneratedSource = z.output<typeof generatedSchema>;

/** Places of a scenario set's files. @param path that of the rows, `.jsonl` or `.parquet` */
export function artefactFiles(path: string) {
  const stem = path.replace(/\.(jsonl|parquet)$/, "");
  if (stem === path) {
    throw new HarnessError("USAGE", "expected a name that ends in `.jsonl` or `.parquet`.", { where: path });
  }
  return { rows: path, raw: `${stem}.raw.jsonl.gz`, manifest: `${stem}.manifest.json` };
}

/** @throws {HarnessError} `FILE_MISSING` when there is none that can be read */
export async function readManifest(path: string): Promise<ScenarioManifest> {
  const { manifest } = artefactFiles(path);
  const read = await readRecord(manifest, manifestSchema);
  if (read !== undefined) return read;
  throw new HarnessError("FILE_MISSING", "expected the manifest of a scenario set, found none that can be read.", {
    where: manifest,
    hint: "`spikebench scenarios import` makes a scenario set of any file of scenarios.",
  });
}
