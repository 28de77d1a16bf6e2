import { countRelevant } from "../relevance.ts";
import type { Measure } from "../types.ts";

/** Divides by the number of relevant documents, retrieved or not, with and without a cutoff (trec_eval `map_cut`). */
export const averagePrecision: Measure = {
  name: "AP",
  summary: "Precision at the rank of every relevant document, averaged over all relevant documents.",
  source: "Harman, TREC-1, 1992; trec_eval `map`",
  aliases: ["MAP", "map"],
  cutName: "map_cut",
  cutoff: "optional",
  parameters: ["rel"],
  value(query, params) {
    const relevant = countRelevant(query, params);
    if (relevant === 0) return 0;
    const end = Math.min(params.cutoff ?? query.grades.length, query.grades.length);
    let found = 0;
    let sum = 0;
    for (let index = 0; index < end; index++) {
      if ((query.grades[index] ?? 0) >= params.minGrade) sum += ++found / (index + 1);
    }
    return sum / relevant;
  },
};
