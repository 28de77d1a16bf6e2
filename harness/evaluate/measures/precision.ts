import { countRelevantRetrieved } from "../relevance.ts";
import type { Measure } from "../types.ts";

/** Divides by k even when fewer than k documents were returned, as trec_eval. */
export const precision: Measure = {
  name: "P",
  summary: "Share of the first k ranks that hold a relevant document; always over k.",
  source: "van Rijsbergen, Information Retrieval, 1979; trec_eval `P`",
  aliases: ["Precision"],
  cutName: "P",
  cutoff: "required",
  parameters: ["rel"],
  value(query, params) {
    const { cutoff = query.grades.length } = params;
    return cutoff === 0 ? 0 : countRelevantRetrieved(query, params) / cutoff;
  },
};
