import { z } from "zod";
import { DEFAULT_POLICY, type Policy, policyRules } from "../domain/policy.ts";

const count = z.number().int().nonnegative();
const commit = z.string().regex(/^[0-9a-f]{40}$/, "expected a commit of 40 hexadecimal digits");

/** A repository of the hub at one commit; its files appear below `mount` of the dataset's root. */
const repository = z.strictObject({
  repository: z.string().regex(/^(?!\.+\/)[\w.-]+\/(?!\.+$)[\w.-]+$/, "expected owner/name"),
  /** A commit, or `main` where none is known: `fetch` then resolves it and says which it was. */
  revision: z.union([commit, z.literal("main")]),
  mount: z.string().default(""),
});

/** A zip archive; its single top folder, if it has one, is the dataset's root. */
const archive = z.strictObject({
  url: z.url({ protocol: /^https?$/ }),
  sha256: z.string().length(64).optional(),
  md5: z.string().length(32).optional(),
  bytes: count.optional(),
});

const source = z.union([z.strictObject({ hub: z.array(repository).min(1) }), z.strictObject({ zip: archive })]);

/** Lengths in characters of composed texts, as mteb's descriptive statistics count them. */
const textStatistics = z
  .strictObject({ total: count, min: count, average: z.number(), max: count, unique: count })
  .partial();

/** What an encoder family wants before a text; `{task}` stands for the card's `task` of that protocol. */
const instruction = z.strictObject({ query: z.string().optional(), document: z.string().optional() });

const policy = z.strictObject(policyRules).partial();

/** Facts of a dataset as its card (`datasets/<id>.yaml`) states them. */
export const cardSchema = z.strictObject({
  summary: z.string().min(1),
  /** Where the files come from; without it they lie beside the card. */
  source: source.optional(),
  /** Folder of the files, relative to the card; the card's own name without `.yaml` unless told. */
  folder: z.string().min(1).optional(),
  /** Layout of the files, with that format's own options. */
  format: z.looseObject({ kind: z.string() }),
  /** Other texts of the same queries, for the run file's axis `queries`: what changes in the format's options, by name. */
  querySets: z.record(z.string().regex(/^[^\s,|]+$/), z.record(z.string(), z.unknown())).default({}),
  /** What the files must hold; checked at every load. */
  counts: z.strictObject({ documents: count, queries: count, judgements: count }).partial().default({}),
  /** What `datasets check` compares, and where the figures come from. */
  statistics: z
    .strictObject({ source: z.string(), documents: textStatistics.optional(), queries: textStatistics.optional() })
    .optional(),
  /** The task of mteb that has these documents, queries and judgements. */
  mteb: z
    .strictObject({
      task: z.string().regex(/^[\w.-]+$/),
      subset: z.string().default("default"),
      split: z.string().default("test"),
    })
    .optional(),
  policy: policy.default({}),
  grades: z.record(z.string(), z.string()).optional(),
  /** What `{task}` in an instruction stands for, by protocol. */
  task: z.record(z.string(), z.string()).default({}),
  /** By encoder family. */
  instructions: z.record(z.string(), instruction).default({}),
  /** Sentences that every report on the dataset must carry. */
  notes: z.array(z.string().min(1)).default([]),
  licence: z.string().optional(),
  citation: z.string().optional(),
});

/** Several datasets under one name, averaged with equal weight; a member may be a group itself. */
export const groupSchema = z.strictObject({
  summary: z.string().min(1),
  members: z.array(z.string().min(1)).min(1),
  notes: z.array(z.string().min(1)).default([]),
  citation: z.string().optional(),
});

export type Card = z.output<typeof cardSchema>;
export type Group = z.output<typeof groupSchema>;
export type CardSource = NonNullable<Card["source"]>;

/** The default policy with what the card says otherwise. */
export function cardPolicy({ policy }: Card): Policy {
  return { ...DEFAULT_POLICY, ...Object.fromEntries(Object.entries(policy).filter(([, rule]) => rule !== undefined)) };
}

/** The card of a folder that comes without one (`--data id=PATH`): BEIR's layout and rules. */
export const BARE_FOLDER: Card = cardSchema.parse({
  summary: "A folder given on the command line.",
  format: { kind: "beir" },
});
