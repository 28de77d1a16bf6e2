import { z } from "zod";

/**
 * Evaluation policy of a dataset: every rule that can change a number. It stands in the dataset's card, travels with
 * every result and is hashed; results under different policies are not compared.
 */
export type Policy = {
  /** Which judgements: `original`, the dataset's own, or the name of another set. */
  readonly qrels: string;
  /** A document whose id equals the query's: `drop` removes it before the cut (BEIR, Anserini's -removeQuery). */
  readonly selfId: "drop" | "keep";
  /** What a document's body is made of. */
  readonly docText: "title+text" | "text";
  /** `expand-gold`: a document whose text equals a relevant one's is relevant too; `as-is`: as published. */
  readonly duplicates: "as-is" | "expand-gold";
  /** `standard`: relevant retrieved / relevant; `capped`: the denominator is at most k (BEIR's R_cap). */
  readonly recall: "standard" | "capped";
  /** Gain of a grade in nDCG. */
  readonly gain: "linear";
  /** Order of equal scores: doc id descending by UTF-8 bytes, as trec_eval. */
  readonly ties: "docno-desc";
  /** Value of a judged query that the run did not answer. */
  readonly missing: "zero";
  /** A run score as it is compared: trec_eval up to 9.0.8 holds float32, 10.0 double. */
  readonly scorePrecision: "float32" | "float64";
};

/** The rules that a card or a run file may set, as schemas; both say only what differs. */
export const policyRules = {
  selfId: z
    .enum(["drop", "keep"])
    .describe("A document whose id is the query's: removed before the cut, as BEIR does."),
  docText: z.enum(["title+text", "text"]).describe("What a document's body is made of."),
  duplicates: z
    .enum(["as-is", "expand-gold"])
    .describe("`expand-gold`: a document whose text equals a relevant one's is relevant too."),
  recall: z.enum(["standard", "capped"]).describe("`capped`: the denominator of recall is at most k, BEIR's R_cap."),
  scorePrecision: z
    .enum(["float32", "float64"])
    .describe("Scores as they are compared: trec_eval up to 9.0.8 holds float32."),
} satisfies { readonly [rule in keyof Policy]?: z.ZodType<Policy[rule]> };

/** Name of the judgements that a dataset brings along. */
export const ORIGINAL_QRELS = "original";

/** BEIR's rules. */
export const DEFAULT_POLICY: Policy = {
  qrels: ORIGINAL_QRELS,
  selfId: "drop",
  docText: "title+text",
  duplicates: "as-is",
  recall: "standard",
  gain: "linear",
  ties: "docno-desc",
  missing: "zero",
  scorePrecision: "float64",
};
