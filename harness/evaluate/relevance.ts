import type { GradedRanking, MeasureParams } from "./types.ts";

/** How many relevant documents the query has. */
export function countRelevant({ ideal }: GradedRanking, { minGrade }: MeasureParams): number {
  const end = ideal.findIndex((grade) => grade < minGrade);
  return end === -1 ? ideal.length : end;
}

/** How many of them stand in the first k ranks; the whole ranking without a cutoff. */
export function countRelevantRetrieved({ grades }: GradedRanking, { cutoff, minGrade }: MeasureParams): number {
  const end = Math.min(cutoff ?? grades.length, grades.length);
  let count = 0;
  for (let index = 0; index < end; index++) if ((grades[index] ?? 0) >= minGrade) count++;
  return count;
}
