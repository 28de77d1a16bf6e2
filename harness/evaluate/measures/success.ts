import { countRelevantRetrieved } from "../relevance.ts";
import type { Measure } from "../types.ts";

export const success: Measure = {
  name: "Success",
  summary: "1 when a relevant document stands in the first k ranks, else 0.",
  source: "trec_eval `success`",
  aliases: ["success"],
  cutName: "success",
  cutoff: "required",
  parameters: ["rel"],
  value(query, params) {
    return countRelevantRetrieved(query, params) > 0 ? 1 : 0;
  },
};
