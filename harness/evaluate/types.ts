/**
 * One query as a measure sees it: grades without ids, so that no measure can depend on how documents are called.
 *
 * Measures read it, and nothing else; `gradeRanking` makes it.
 */
export type GradedRanking = {
  /** Grade at every rank, best first; undefined where the document is unjudged, which counts as grade 0. */
  readonly grades: readonly (number | undefined)[];
  /** The positive grades of the query's judgements, descending: what an ideal ranking would show. */
  readonly ideal: readonly number[];
};

/** Parameters a measure may read. `cutoff` is k in `nDCG@k`; `minGrade` is the lowest grade that counts as relevant. */
export type MeasureParams = {
  readonly cutoff?: number | undefined;
  /** At least 1: a document that is not relevant cannot be declared so. `rel` in a measure's text. */
  readonly minGrade: number;
  /** nDCG only: `exp` is the 2^grade - 1 form. `dcg` in a measure's text. */
  readonly gain?: "linear" | "exp" | undefined;
  /** Recall only: `capped` bounds the denominator by the cutoff. Set by the policy, never by a measure's text. */
  readonly recall?: "standard" | "capped" | undefined;
};

/** An effectiveness measure: pure, per query, in [0, 1]. */
export type Measure = {
  /** Name as ir_measures spells it. */
  readonly name: string;
  readonly summary: string;
  readonly source: string;
  /** Other names of the same measure: ir_measures' own aliases, and trec_eval's name of it without a cutoff. */
  readonly aliases: readonly string[];
  /** trec_eval's name that a cutoff follows, as `ndcg_cut` in `ndcg_cut_10` and `ndcg_cut.10`. */
  readonly cutName?: string;
  /** Whether the measure means something without `@k`. */
  readonly cutoff: "required" | "optional";
  /** What may stand in the parentheses. */
  readonly parameters: readonly ("rel" | "dcg")[];
  /** Value of one query. An empty ranking and a query without relevant documents are both legal. */
  value(query: GradedRanking, params: MeasureParams): number;
};

/** A measure with its parameters; `text` is canonical and parses back to the same request. */
export type MeasureRequest = { readonly text: string; readonly measure: Measure; readonly params: MeasureParams };
