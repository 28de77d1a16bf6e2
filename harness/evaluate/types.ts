import type { Judgements } from "../domain/qrels.ts";
import type { Ranking } from "../domain/run.ts";

/** Parameters a measure may read. `cutoff` is k in `nDCG@k`; `minGrade` is the lowest grade that counts as relevant. */
export type MeasureParams = {
  readonly cutoff?: number | undefined;
  readonly minGrade: number;
  /** nDCG only: `exp` is the 2^grade - 1 form. */
  readonly gain?: "linear" | "exp" | undefined;
  /** Recall only: `capped` bounds the denominator by the cutoff. */
  readonly recall?: "standard" | "capped" | undefined;
};

/** An effectiveness measure: pure, per query, in [0, 1] unless `unit` says otherwise. */
export type Measure = {
  readonly name: string;
  readonly summary: string;
  readonly source: string;
  /** Value of one query. An empty ranking and a query without relevant documents are both legal. */
  score(ranking: Ranking, judgements: Judgements, params: MeasureParams): number;
};
