import type { Measure } from "../types.ts";

/**
 * Any judgement counts, whatever its grade, so this is the one measure that a query without relevant documents can win.
 * Fewer than k returned documents are divided by their own number (ir_measures); none returned is 0.
 */
export const judged: Measure = {
  name: "Judged",
  summary: "Share of the first k returned documents that have a judgement, of any grade.",
  source: "ir_measures `Judged`, https://ir-measur.es/en/latest/measures.html",
  aliases: [],
  cutoff: "required",
  parameters: [],
  value({ grades }, { cutoff = grades.length }) {
    const top = grades.slice(0, cutoff);
    return top.length === 0 ? 0 : top.filter((grade) => grade !== undefined).length / top.length;
  },
};
