import { z } from "zod";
import { LEAK_KINDS } from "./training-options.ts";

const count = z.int().min(0);
const counts = z.strictObject({
  query: count,
  paraphrase: count,
  "gold-document": count,
  "flagged-gold": count,
});

const leakage = z.strictObject({
  /** Share of words from which a text is a paraphrase. */
  overlap: z.number(),
  exclude: z.array(z.enum(LEAK_KINDS)),
  /** Items that were looked at. */
  items: count,
  /** Items left out; one that leaks in several ways counts for each. */
  excluded: z.strictObject({ items: count, byKind: counts }),
  /** What sources say themselves: of how many items, and of how many that they hold a relevant document. */
  flagged: z.array(z.strictObject({ source: z.string(), items: count, gold: count })),
  sets: z.array(
    z.strictObject({
      dataset: z.string(),
      /** What there was to compare with; `goldTexts` is null where the documents are not here. */
      compared: z.strictObject({ queries: count, goldIds: count, goldTexts: count.nullable() }),
      /** Why something could not be compared; null where all was. */
      missing: z.string().nullable(),
      /** Items that leak so. */
      found: counts,
      examples: z.array(
        z.strictObject({
          kind: z.enum(LEAK_KINDS),
          item: z.string(),
          with: z.string(),
          overlap: z.number().optional(),
        }),
      ),
    }),
  ),
});

/** What was compared with test data and what was found. */
export type LeakageReport = z.output<typeof leakage>;

/** What a training set says of itself, in `card.json`. Without dates: equal inputs give equal bytes. */
export const dataCard = z.strictObject({
  schemaVersion: z.literal(1),
  kind: z.enum(["sft", "dpo", "supervised"]),
  name: z.string(),
  /** Of the file that declared the set. */
  declaration: z.strictObject({ sha256: z.string() }),
  seed: count,
  /** What the set is made of: files by their names, datasets by their ids, models by theirs. */
  sources: z.array(z.strictObject({ role: z.string(), name: z.string(), sha256: z.string().nullable() })),
  /** Whether a person or a test made the candidates, and no model. */
  synthetic: z.boolean(),
  /** The rules in force, defaults included. */
  method: z.record(z.string(), z.json()),
  /** How many items each step left, in the order of the steps. */
  steps: z.array(z.strictObject({ step: z.string(), items: count })),
  /** Items that were dropped, by reason. */
  dropped: z.array(z.strictObject({ reason: z.string(), items: count })),
  /** Further counts and means. */
  figures: z.record(z.string(), z.number().nullable()),
  leakage,
  splits: z.strictObject({ train: count, validation: count }),
  files: z.array(z.strictObject({ file: z.string(), rows: count.nullable(), sha256: z.string() })),
  notes: z.array(z.string()),
});

export type DataCard = z.output<typeof dataCard>;
