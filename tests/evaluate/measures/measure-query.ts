import type { DocId } from "../../../harness/domain/ids.ts";
import { gradeRanking } from "../../../harness/evaluate/graded-ranking.ts";
import { parseMeasure } from "../../../harness/evaluate/parse-measure.ts";
import type { MeasureParams } from "../../../harness/evaluate/types.ts";

/** A case of a measure's table: `ids` best first, `grades` by id. */
export type MeasureCase = {
  readonly ids: string;
  readonly grades: Readonly<Record<string, number>>;
  readonly recall?: MeasureParams["recall"];
};

/** Value of a measure, named as a user names it, for one query. `ids` is one letter a document. */
export function measureQuery(text: string, { ids, grades, recall }: MeasureCase): number {
  const { measure, params } = parseMeasure(text);
  const ranking = [...ids].map((id, index) => ({ docId: id as DocId, score: -index }));
  const judgements = new Map(Object.entries(grades).map(([id, grade]) => [id as DocId, grade]));
  return measure.value(gradeRanking(ranking, judgements), { ...params, recall });
}
