import { z } from "zod";
import type { Fragment } from "../component.ts";
import { policyRules } from "../domain/policy.ts";
import { FOLDER_NAME } from "../storage/safe-path.ts";
import { alphaGridSchema, alphaSchema } from "./alpha-grid.ts";

const name = z.string().regex(/^[^\s,|]+$/, "expected a name without spaces, commas and `|`");
const list = <Item extends z.ZodType>(item: Item) => z.array(item).min(1);
const oneOrMore = z.union([name, list(name)]);

/** How a spec names a component: `kind` and its options, which the component's own schema checks at planning time. */
const fragment = z.looseObject({ kind: z.string().describe("which component; see `spikebench list`") });

/** The fusion block may be named by `kind` or by `preset`; neither means `weighted-sum`. */
const fusion = z.looseObject({ kind: z.string().optional(), preset: z.string().optional() });

/** A pattern over the axes: in `exclude` it matches cells, in `include` it adds them. */
export const selectionSchema = z.strictObject({
  retriever: oneOrMore.optional().describe("one or more of the matrix's retrievers, or for `include` others"),
  dataset: oneOrMore.optional().describe("one or more datasets"),
  queries: oneOrMore.optional().describe("one or more query sets"),
  scenarios: oneOrMore.optional().describe("one or more scenario sets"),
  fusion: oneOrMore.optional().describe("one or more fusions"),
  alpha: z.union([alphaSchema, alphaGridSchema]).optional().describe("one alpha, a list, or {from, to, step}"),
});

const matrix = z.strictObject({
  retriever: list(name).describe("names from `retrievers`, or bare kinds"),
  dataset: list(name).describe("dataset ids: cards in datasets/, or given by --data id=PATH"),
  queries: list(name).optional().describe("names from `queries`; `original` is the dataset's own (default)"),
  scenarios: list(name).optional().describe("names from `scenarios`; without it there are base cells only"),
  fusion: list(name).optional().describe("names from `fusions`"),
  alpha: alphaGridSchema.optional().describe("weights of the document score: a list, or {from, to, step}"),
  include: z.array(selectionSchema).optional().describe("further cells"),
  exclude: z.array(selectionSchema).optional().describe("cells to leave out"),
});

/** How SPIKE is tested against its base; the defaults are those of docs/semantics.md. */
const comparison = z
  .strictObject({
    alpha: z
      .union([alphaSchema, z.literal("cross-fitted")])
      .default("cross-fitted")
      .describe("the alpha declared before the run"),
    test: z.enum(["randomization", "paired-t"]).default("randomization").describe("whose p values are corrected"),
    correction: z
      .enum(["holm", "bonferroni", "bh", "maxT", "none"])
      .default("holm")
      .describe("of the p values of one family; maxT is step-down over shared sign flips"),
    family: z
      .enum(["all", "dataset", "retriever", "measures"])
      .default("all")
      .describe("what is corrected together: all of one measure, a dataset's, a retriever's, or all measures"),
    crossFit: z
      .enum(["queries", "datasets"])
      .default("queries")
      .describe("alpha is chosen on other folds of the queries, or on the other datasets"),
    folds: z.number().int().min(2).max(100).default(5).describe("of the queries, for `crossFit: queries`"),
    wilcoxon: z.boolean().default(false).describe("Wilcoxon's signed-rank test beside the others"),
    seed: z.number().int().nonnegative().default(1).describe("of draws, resamples and folds"),
    draws: z.number().int().min(1_000).max(10_000_000).default(100_000).describe("of the randomization test"),
    resamples: z.number().int().min(100).max(1_000_000).default(10_000).describe("of the bootstrap"),
    level: z.number().gt(0).lt(1).default(0.95).describe("confidence of the intervals"),
  })
  .refine(({ test, correction: by }) => test === "randomization" || by !== "maxT", {
    message: "expected another correction than maxT, which has a randomization test of its own, with `test: paired-t`",
  });

/** Rules that differ from those of the datasets' cards, for every dataset of the file. */
const policy = z
  .strictObject({ qrels: name.describe("a name from `qrels`; `original` is the dataset's own"), ...policyRules })
  .partial();

/** A part of every dataset, for quick work. */
const limit = z
  .strictObject({
    documents: z.number().int().positive().optional().describe("so many documents, the relevant ones among them"),
    queries: z.number().int().positive().optional().describe("so many queries"),
    seed: z.number().int().nonnegative().default(0).describe("what is drawn depends on it and the ids"),
  })
  .refine(({ documents, queries }) => documents !== undefined || queries !== undefined, {
    message: "expected `documents`, `queries` or both",
  });

/** A file with something for every dataset. */
export const fileSchema = z.strictObject({
  path: z.string().min(1).describe("relative to the run file; `{dataset}` is the id"),
});

/** Other texts from a file, or an expansion of the dataset's own queries by its `kind`. */
const querySet = z.looseObject({ kind: z.string().optional() }).transform((entry, context): QuerySetSpec => {
  const { kind, ...options } = entry;
  if (kind !== undefined) return { expansion: { ...options, kind } };
  const { data, error } = fileSchema.safeParse(entry);
  for (const issue of error?.issues ?? []) context.addIssue({ ...issue });
  return data ?? z.NEVER;
});

export type QuerySetSpec =
  | { readonly path: string; readonly expansion?: undefined }
  | { readonly path?: undefined; readonly expansion: Fragment };

/** A run file: what to compare with what, on which data. */
export const experimentSchema = z.strictObject({
  version: z.literal(1).describe("of this format"),
  name: name
    .regex(FOLDER_NAME, "expected a name that a folder can have on any system, of at most 80 characters")
    .describe("folder name of the results"),
  description: z.string().optional().describe("a sentence for the head of the reports"),
  retrievers: z.record(name, fragment).default({}).describe("named configurations"),
  scenarios: z.record(name, fragment).default({}).describe("named scenario sets"),
  queries: z.record(name, querySet).default({}).describe("other texts for the queries, from a file or an expansion"),
  qrels: z.record(name, fileSchema).default({}).describe("other judgements, chosen by `policy.qrels`"),
  fusions: z.record(name, fusion).default({}).describe("named fusions, for the axis `fusion`"),
  matrix: matrix.describe("the axes; every combination is a cell"),
  fusion: fusion.optional().describe("how a document and its scenarios become one score"),
  comparison: comparison.prefault({}).describe("how SPIKE is tested against its base"),
  policy: policy.default({}).describe("overrides of the datasets' evaluation policies"),
  limit: limit.optional().describe("a sample of every dataset, which every report says it is"),
  measures: list(z.string())
    .default(["nDCG@10", "R@100"])
    .describe("names as ir_measures or trec_eval write them; query views show the first"),
  hits: z.number().int().positive().max(10_000).default(1_000).describe("documents kept per query"),
  ids: z
    .enum(["refuse", "percent-encode"])
    .default("refuse")
    .describe("what to do with ids that hold white space, which TREC files cannot carry"),
});

export type ExperimentSpec = z.output<typeof experimentSchema>;
export type SelectionSpec = z.output<typeof selectionSchema>;
