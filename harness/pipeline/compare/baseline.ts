import { readFile } from "node:fs/promises";
import { z } from "zod";
import { HarnessError } from "../../errors.ts";
import { writeFileAtomic } from "../../storage/atomic-write.ts";
import { hashJson } from "../../storage/content-hash.ts";
import { fileError } from "../../storage/file-error.ts";

/** Raised when a baseline is written in another form. */
const BASELINE_SCHEMA = 1;

const contentSchema = z.strictObject({
  schemaVersion: z.literal(BASELINE_SCHEMA),
  /** Of the experiment. */
  name: z.string(),
  /** Id of the result that was blessed. */
  result: z.string(),
  datasets: z.array(
    z.strictObject({
      id: z.string(),
      corpusSha256: z.string(),
      qrelsSha256: z.string(),
      policyHash: z.string(),
      /** Ids, in the order in which cells hold their values. */
      queries: z.array(z.string()),
    }),
  ),
  cells: z
    .array(
      z.strictObject({
        cell: z.string(),
        retriever: z.string(),
        dataset: z.string(),
        values: z.record(z.string(), z.array(z.number())),
      }),
    )
    .min(1),
});

/** The values of a result that was found good: no texts, and the hashes by which a later result is comparable. */
export type Baseline = z.output<typeof contentSchema>;

const header = z.looseObject({ schemaVersion: z.number(), sha256: z.string() });

/** Writes a baseline with the sha256 of its content, arrays of values on one line each. */
export async function writeBaseline(path: string, content: Omit<Baseline, "schemaVersion">): Promise<void> {
  const baseline = { schemaVersion: BASELINE_SCHEMA, ...content };
  const text = JSON.stringify({ sha256: hashJson(baseline), ...baseline }, undefined, 1);
  // a value a line would make a file that nobody can review
  await writeFileAtomic(path, `${text.replace(/\[[^[\]{}]*\]/g, (array) => array.replaceAll(/\n\s*/g, ""))}\n`);
}

/**
 * @throws {HarnessError} `FILE_MISSING`, `FILE_UNREADABLE`; `DATA_INVALID` for a file that is no baseline;
 *   `BASELINE_STALE` for one of another schema version; `BASELINE_EDITED` for one whose content is not what was blessed
 */
export async function readBaseline(path: string): Promise<Baseline> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(path, "utf8"));
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw fileError(path, "read", cause);
  }
  const known = header.safeParse(value);
  if (!known.success) throw new HarnessError("DATA_INVALID", "expected a baseline of `gate bless`.", { where: path });
  const hint = "Bless a result again, and review what changed: `spikebench gate bless RESULT`.";
  const { sha256, ...content } = known.data;
  if (content.schemaVersion !== BASELINE_SCHEMA) {
    const found = `expected a baseline of schema version ${BASELINE_SCHEMA}, got ${content.schemaVersion}.`;
    throw new HarnessError("BASELINE_STALE", found, { where: path, hint });
  }
  const parsed = contentSchema.safeParse(content);
  if (!parsed.success || hashJson(parsed.data) !== sha256) {
    throw new HarnessError("BASELINE_EDITED", "the baseline was changed by hand: its sha256 does not fit.", {
      where: path,
      hint,
    });
  }
  return parsed.data;
}
