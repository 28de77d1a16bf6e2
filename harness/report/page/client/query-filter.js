// Which queries of a page's query view are listed, and what its figures read.

/** @import { QueryData, ViewAnswer, ViewHit, ViewQuery } from "../query-data.ts" */
/** @typedef {{ system: number, measure: number, outcome: string, order: string, least: number, most: number, text: string }} Filter */
/** @typedef {{ query: ViewQuery, place: number, difference: number | null }} Listed */

/** Differences closer to zero are ties, as in the report's counts. */
const TIE = 1e-9;

/**
 * Queries that a filter lets through, in its order; those of equal differences as in the dataset.
 *
 * @param {QueryData} data
 * @param {Filter} filter
 * @returns {Listed[]}
 */
export function listQueries({ queries }, filter) {
  const wanted = filter.text.trim().toLowerCase();
  const listed = queries
    .map((query, place) => ({
      query,
      place,
      difference: differenceOf(query.answers[filter.system] ?? null, filter.measure),
    }))
    .filter(({ query, difference }) => {
      if (query.words < filter.least || query.words > filter.most) return false;
      if (!hasOutcome(difference, filter.outcome)) return false;
      return wanted === "" || query.text.toLowerCase().includes(wanted) || query.id.toLowerCase() === wanted;
    });
  const sign = { gain: -1, loss: 1 }[filter.order];
  if (sign !== undefined)
    listed.sort((a, b) => sign * ((a.difference ?? 0) - (b.difference ?? 0)) || a.place - b.place);
  if (filter.order === "length") listed.sort((a, b) => b.query.words - a.query.words || a.place - b.place);
  return listed;
}

/** @param {ViewAnswer | null} answer @param {number} measure */
function differenceOf(answer, measure) {
  const [base, spike] = [answer?.base.values[measure], answer?.spike?.values[measure]];
  return base === undefined || spike === undefined ? null : spike - base;
}

/** @param {number | null} difference @param {string} outcome */
export function hasOutcome(difference, outcome) {
  if (outcome === "all") return true;
  if (difference === null) return false;
  if (outcome === "tie") return Math.abs(difference) < TIE;
  return outcome === "win" ? difference >= TIE : difference <= -TIE;
}

/**
 * What a fused score is made of, if it is the weighted sum of its channels: another fusion may scale them first.
 *
 * @param {ViewHit} hit
 * @param {number} alpha
 */
export function splitScore([, score, document, scenario], alpha) {
  if (document === undefined || scenario === null || scenario === undefined) return null;
  const parts = { document: alpha * document, scenario: (1 - alpha) * scenario };
  const isSum = Math.abs(parts.document + parts.scenario - score) <= 1e-4 * Math.max(1e-6, Math.abs(score));
  return isSum ? parts : null;
}

/** @param {number} value */
export function signed(value) {
  const text = value.toFixed(4).replace(/^-(0\.0*)$/, "$1");
  return /^-|^0\.0*$/.test(text) ? text : `+${text}`;
}

/** @param {number} count @param {string} noun */
export function plural(count, noun) {
  return `${count.toLocaleString("en-US")} ${noun}${count === 1 ? "" : "s"}`;
}
