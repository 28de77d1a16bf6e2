import { readFile, rm } from "node:fs/promises";
import { z } from "zod";
import { writeFileAtomic } from "../../storage/atomic-write.ts";
import { hashFile } from "../../storage/content-hash.ts";
import type { CellLayout } from "../../storage/layout.ts";
import type { CellKeys } from "./cell-keys.ts";

const scoringSchema = z.object({
  retriever: z.string(),
  /** `null` for a retriever without vectors. */
  encoder: z
    .object({
      identity: z.unknown(),
      /** By role; told to a reader, never read back. */
      forms: z.record(z.string(), z.unknown()),
      storage: z.enum(["float32", "float16"]),
    })
    .nullable(),
  /** What computed with the vectors, and what every report on it must say; `null` for a retriever without any. */
  engine: z.object({ identity: z.unknown(), notes: z.array(z.string()) }).nullable(),
  /** Texts of which only a part was read, each as often as it occurs. */
  truncated: z.object({ documents: z.number(), scenarios: z.number(), queries: z.number() }),
});

/** How a retriever made the scores that a cell rests on. */
export type Scoring = z.output<typeof scoringSchema>;

const manifestSchema = z.object({
  schemaVersion: z.literal(4),
  keys: z.object({ run: z.string(), values: z.string() }),
  /** sha256 of the files beside the manifest. */
  sha256: z.object({
    run: z.string(),
    values: z.string(),
    /** `null` for a cell that fuses no channels. */
    channels: z.string().nullable(),
  }),
  values: z.record(z.string(), z.number()),
  counts: z.object({
    judged: z.number(),
    answered: z.number(),
    missing: z.number(),
    unjudged: z.number(),
  }),
  /** One entry; for merged rankings one a member. */
  scoring: z.array(scoringSchema),
});

/** What a finished cell says of itself; written last, so a cell without one is not finished. */
export type Manifest = z.output<typeof manifestSchema>;

/** What of a cell on disk can be used again, and why not more. */
export type CellState =
  | { readonly use: "all"; readonly manifest: Manifest }
  | { readonly use: "run"; readonly why: string; readonly manifest: Manifest }
  | { readonly use: "nothing"; readonly why: string };

/** Compares a cell on disk with what it should be, the bytes of its files included. */
export async function inspectCell(layout: CellLayout, keys: CellKeys): Promise<CellState> {
  const manifest = await readManifest(layout);
  if (manifest === undefined) return { use: "nothing", why: "not computed yet" };
  if (manifest.keys.run !== keys.run) return { use: "nothing", why: "its inputs or options changed" };
  if (!(await hasHash(layout.run, manifest.sha256.run))) return { use: "nothing", why: "its run file changed" };
  if (manifest.sha256.channels !== null && !(await hasHash(layout.channels, manifest.sha256.channels))) {
    return { use: "nothing", why: "its scores by channel changed" };
  }
  if (manifest.keys.values !== keys.values) {
    return { use: "run", manifest, why: "measures, judgements or policy changed" };
  }
  if (!(await hasHash(layout.values, manifest.sha256.values))) {
    return { use: "run", manifest, why: "its values file changed" };
  }
  return { use: "all", manifest };
}

export async function writeManifest(layout: CellLayout, manifest: Manifest): Promise<void> {
  await writeFileAtomic(layout.manifest, `${JSON.stringify(manifest, undefined, 2)}\n`);
}

/** The manifest, or nothing when there is none that this version understands. */
export async function readManifest(layout: CellLayout): Promise<Manifest | undefined> {
  const text = await readFile(layout.manifest, "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return manifestSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

async function hasHash(path: string, expected: string): Promise<boolean> {
  return (await hashFile(path).catch(() => undefined)) === expected;
}

/** Whether a cell says that it is finished under that key; the bytes of its files are not looked at. */
export async function hasValues(layout: CellLayout, key: string): Promise<boolean> {
  return (await readManifest(layout))?.keys.values === key;
}

/** Has a cell count as not begun; its files are made anew. */
export async function removeManifest(layout: CellLayout): Promise<void> {
  await rm(layout.manifest, { force: true });
}
