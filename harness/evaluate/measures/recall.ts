import { countRelevant, countRelevantRetrieved } from "../relevance.ts";
import type { Measure } from "../types.ts";

/** `recall: capped` of the policy divides by min(relevant, k), so that a full first k is 1 (BEIR's R_cap). */
export const recall: Measure = {
  name: "R",
  summary: "Share of the query's relevant documents that stand in the first k ranks.",
  source: "trec_eval `recall`; capped: Thakur et al., NeurIPS 2021, https://arxiv.org/abs/2104.08663",
  aliases: ["Recall", "recall"],
  cutName: "recall",
  cutoff: "required",
  parameters: ["rel"],
  value(query, params) {
    const relevant = countRelevant(query, params);
    const most = params.recall === "capped" ? Math.min(relevant, params.cutoff ?? relevant) : relevant;
    return most === 0 ? 0 : countRelevantRetrieved(query, params) / most;
  },
};
