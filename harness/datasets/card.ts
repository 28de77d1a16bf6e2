import { z } from "zod";
import { DEFAULT_POLICY, type Policy } from "../domain/policy.ts";

const count = z.number().int().nonnegative();

/** Facts of a dataset as its card (`datasets/<id>.yaml`) states them. */
export const cardSchema = z.strictObject({
  summary: z.string().min(1),
  /** Layout of the files and where they are, relative to the card. */
  format: z.looseObject({ kind: z.string() }),
  /** What the files must hold; checked at every load. */
  counts: z.strictObject({ documents: count, queries: count, judgements: count }).partial().optional(),
  policy: z
    .strictObject({
      selfId: z.enum(["drop", "keep"]),
      docText: z.enum(["title+text", "text"]),
      recall: z.enum(["standard", "capped"]),
    })
    .partial()
    .default({}),
  grades: z.record(z.string(), z.string()).optional(),
  /** Sentences that every report on the dataset must carry. */
  notes: z.array(z.string().min(1)).default([]),
  licence: z.string().optional(),
  citation: z.string().optional(),
});

export type Card = z.output<typeof cardSchema>;

/** The default policy with what the card says otherwise. */
export function cardPolicy(card: Card): Policy {
  const { selfId, docText, recall } = card.policy;
  return {
    ...DEFAULT_POLICY,
    selfId: selfId ?? DEFAULT_POLICY.selfId,
    docText: docText ?? DEFAULT_POLICY.docText,
    recall: recall ?? DEFAULT_POLICY.recall,
  };
}

/** The card of a folder that comes without one (`--data id=PATH`): BEIR's layout and rules. */
export const BARE_FOLDER: Card = {
  summary: "A folder given on the command line.",
  format: { kind: "beir" },
  policy: {},
  notes: [],
};
