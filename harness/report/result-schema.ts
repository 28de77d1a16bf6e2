import { z } from "zod";
import type { ExperimentResult } from "../domain/result.ts";

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.int().nonnegative();
const value = z.number();
const pValue = z.number().min(0).max(1);
const interval = z.tuple([z.number(), z.number()]).describe("lower and upper end");
const optional = (what: z.ZodType<number>) => what.nullable();

const policy = z.strictObject({
  qrels: z.string(),
  selfId: z.enum(["drop", "keep"]),
  docText: z.enum(["title+text", "text"]),
  duplicates: z.enum(["as-is", "expand-gold"]),
  recall: z.enum(["standard", "capped"]),
  gain: z.literal("linear"),
  ties: z.literal("docno-desc"),
  missing: z.literal("zero"),
  scorePrecision: z.enum(["float32", "float64"]),
});

const dataset = z.strictObject({
  id: z.string(),
  documents: count,
  queries: count.describe("queries with judgements"),
  judgements: count,
  origin: z.array(z.string()).describe("`owner/name@commit`, an archive's digest, or `folder`"),
  corpusSha256: sha256,
  qrelsSha256: sha256,
  policy: policy.describe("every rule that can change a number"),
  policyHash: sha256,
  notes: z.array(z.string()).describe("what was dropped, kept although odd, or counted"),
});

const scenarios = z.strictObject({
  name: z.string(),
  dataset: z.string(),
  contentHash: sha256,
  documents: count,
  covered: count.describe("documents with a scenario that is not noise"),
  noise: count.describe("documents whose only scenarios are noise"),
  failed: count.describe("documents whose generation or parsing failed"),
  foreign: count.describe("scenarios of documents outside the corpus, not indexed"),
  dropped: count.optional().describe("entries that failed or are blank, of documents that have other scenarios"),
  scenarios: count,
  perDocument: z.strictObject({ min: count, median: z.number(), max: count }).describe("of covered documents"),
});

const expansion = z.strictObject({
  name: z.string().describe("of the query set"),
  dataset: z.string(),
  kind: z.string(),
  model: z.string().nullable().describe("null for recorded answers"),
  promptSha256: sha256.nullable(),
  contentHash: sha256.describe("of the expanded queries"),
  queries: count,
  expanded: count.describe("queries with at least one text"),
  samples: count.describe("texts asked for by query"),
  missing: count.describe("texts that were refused, filtered, empty or not recorded"),
  cut: count.describe("texts that end at the token limit of an answer"),
  stripped: count.describe("texts without their lead-in phrase or a model's thoughts"),
});

const system = {
  retriever: z.string(),
  queries: z.string().describe("query set; `original` is the dataset's own"),
  scenarios: z.string().nullable(),
  fusion: z.string().nullable(),
};

const cell = z.strictObject({
  ...system,
  dataset: z.string(),
  alpha: z.number().nullable().describe("weight of the document score; null in a base cell, as scenarios and fusion"),
  system: z.string().describe("name of the system, the tag of its run file"),
  status: z.enum(["done", "failed"]),
  error: z.string().nullable(),
  run: z.string().nullable().describe("run file, relative to this file"),
  runSha256: sha256.nullable(),
  values: z.record(z.string(), value).describe("means over all judged queries, by measure; none in a failed cell"),
  counts: z
    .strictObject({ judged: count, answered: count, missing: count, unjudged: count })
    .nullable()
    .describe("of queries; missing ones count as 0, unjudged ones are left out"),
  truncated: z
    .array(z.strictObject({ retriever: z.string(), documents: count, scenarios: count, queries: count }))
    .describe("texts of which an encoder read only a part"),
});

const protocol = {
  seed: count,
  draws: count.describe("sign patterns of a randomization test that is not exact"),
  resamples: count.describe("of the bootstrap"),
  level: z.number().gt(0).lt(1).describe("confidence of the intervals"),
};

const declaration = z.strictObject({
  ...protocol,
  alpha: z.union([z.number(), z.literal("cross-fitted")]).describe("at which SPIKE is tested"),
  test: z.enum(["randomization", "paired-t"]),
  correction: z.enum(["holm", "bonferroni", "bh", "maxT", "none"]),
  family: z.enum(["all", "dataset", "retriever", "measures"]),
  crossFit: z.enum(["queries", "datasets"]),
  folds: count,
  wilcoxon: z.boolean(),
});

const made = z.strictObject({ ...protocol, generator: z.string().describe("of random numbers, with its version") });
const randomization = z.strictObject({ draws: count, exact: z.boolean() });

const comparison = z.strictObject({
  n: count.describe("queries"),
  meanA: value,
  meanB: value,
  difference: value.describe("A, the system with scenarios, minus B, its base"),
  pRandomization: pValue,
  pT: optional(pValue),
  interval: interval.describe("paired bootstrap, BCa"),
  dz: optional(z.number()).describe("mean difference over the standard deviation of differences"),
  wins: count,
  ties: count,
  losses: count,
  mde: optional(z.number()).describe("smallest true difference that the t test finds with probability .8"),
  relative: optional(z.number()).describe("difference as a fraction of B's mean"),
  t: optional(z.number()),
  tInterval: interval,
  pWilcoxon: optional(pValue),
  hedges: optional(z.number()),
  superiority: z.number().min(0).max(1),
  systemA: z.string(),
  systemB: z.string(),
  dataset: z.string(),
  randomization,
  protocol: made,
  notes: z.array(z.string()),
});

const pooled = z.strictObject({
  meanA: value,
  meanB: value,
  difference: value,
  pRandomization: pValue,
  interval,
  relative: optional(z.number()),
  randomization,
});

const row = z.strictObject({
  ...system,
  dataset: z.string(),
  measure: z.string(),
  comparison: comparison.nullable().describe("null where it could not be made; `reason` says why"),
  pCorrected: optional(pValue),
  familySize: count.describe("comparisons that were corrected together"),
  reason: z.string().nullable(),
  crossFitted: z
    .strictObject({ alphas: z.array(z.number()), mean: value })
    .nullable()
    .describe("at alphas chosen on other folds or datasets"),
  curve: z
    .array(z.strictObject({ alpha: z.number(), mean: value, difference: value, interval }))
    .describe("at every alpha, with the pointwise interval of the difference"),
});

const mean = z.strictObject({
  ...system,
  group: z.string().nullable().describe("null for the mean over all datasets"),
  measure: z.string(),
  comparison: z.strictObject({
    datasets: count,
    n: count,
    macro: pooled.describe("every dataset counts the same"),
    micro: pooled.describe("every query counts the same"),
    protocol: made,
    notes: z.array(z.string()),
  }),
  pCorrected: pValue,
  familySize: count,
});

/** What is in `result.json`, as a schema: nothing else, and nothing less. */
const resultSchema: z.ZodType<ExperimentResult> = z.strictObject({
  schemaVersion: z.literal(2),
  id: sha256.describe("of the canonical JSON of the rest"),
  name: z.string(),
  description: z.string().nullable(),
  measures: z.array(z.string()).describe("named as in ir_measures"),
  declaredAlpha: z.number().nullable().describe("declared before the run"),
  datasets: z.array(dataset),
  groups: z
    .array(z.strictObject({ name: z.string(), members: z.array(z.string()) }))
    .describe("datasets that are averaged; a member is a dataset or a group that stands before"),
  allowMixed: z.boolean().describe("whether datasets under different policies may be averaged"),
  scenarios: z.array(scenarios),
  expansions: z.array(expansion).optional().describe("query sets that were expanded; absent when none was"),
  notes: z.array(z.string()).describe("sentences that every report must carry"),
  cells: z.array(cell).describe("a system on a dataset each"),
  comparison: z
    .strictObject({ key: z.string(), declaration, rows: z.array(row), means: z.array(mean) })
    .nullable()
    .describe("SPIKE against its base; null where no cell has scenarios"),
});

/** JSON Schema (draft 2020-12) of `result.json`. */
export function resultJsonSchema(): Record<string, unknown> {
  return { ...z.toJSONSchema(resultSchema), title: "spikebench result" };
}
