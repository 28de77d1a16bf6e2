// What a page's query view shows of one query: every text is set by textContent.

import { plural, signed, splitScore } from "./query-filter.js";

/** @import { QueryData, ViewAnswer, ViewHit, ViewQuery, ViewRanking } from "../query-data.ts" */

/** @param {string} id @returns {HTMLElement} */
export function element(id) {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page has no #${id}`);
  return found;
}

/** A copy of a template's only element, and the parts of it that are filled. @param {string} id */
export function copy(id) {
  const template = element(id);
  const root = template instanceof HTMLTemplateElement ? template.content.firstElementChild?.cloneNode(true) : null;
  if (!(root instanceof HTMLElement)) throw new Error(`#${id} is no template`);
  /** @param {string} name @returns {HTMLElement} */
  const part = (name) => {
    const found = root.querySelector(`[data-part="${name}"]`);
    if (!(found instanceof HTMLElement)) throw new Error(`#${id} has no part ${name}`);
    return found;
  };
  /** @param {string} name @param {string | null} text nothing hides the part */
  const say = (name, text) => {
    part(name).textContent = text;
    part(name).hidden = text === null;
  };
  return { root, part, say };
}

/** @param {ViewHit} hit @param {number | null} alpha @param {Pick<ReturnType<typeof copy>, "part" | "say">} item */
function showSum(hit, alpha, { part, say }) {
  const [, , document, scenario] = hit;
  const split = alpha === null ? null : splitScore(hit, alpha);
  part("bar").hidden = split === null || split.document < 0 || split.scenario < 0;
  part("bar-document").style.flexGrow = String(split?.document ?? 0);
  part("bar-scenario").style.flexGrow = String(split?.scenario ?? 0);
  if (alpha === null || document === undefined) return say("sum", null);
  const score = document.toPrecision(4);
  if (scenario === null || scenario === undefined)
    return say("sum", `Document score ${score}; no scenario that counts.`);
  const channels = [score, scenario.toPrecision(4)];
  if (split === null) return say("sum", `Scores by channel: document ${channels[0]}, scenario ${channels[1]}.`);
  say("sum", `${alpha} × ${channels[0]} document + ${Number((1 - alpha).toFixed(4))} × ${channels[1]} scenario`);
}

/** @param {ViewHit} hit @param {number} rank @param {{ data: QueryData, query: ViewQuery, alpha: number | null, before: readonly ViewHit[] | null }} context */
function hitItem(hit, rank, { data, query, alpha, before }) {
  const { root, part, say } = copy("query-hit");
  const [place, score, , , scenario] = hit;
  const grade = query.gold.find(([document]) => document === place)?.[1];
  say("rank", `${rank}.`);
  say("document", data.documents[place]?.[0] ?? "");
  say("score", score.toPrecision(5));
  say("grade", grade === undefined ? null : `★ relevant, grade ${grade}`);
  root.classList.toggle("relevant", grade !== undefined);
  say("excerpt", data.documents[place]?.[1] ?? "The text is not at hand.");
  const base = before === null ? -1 : before.findIndex(([document]) => document === place) + 1;
  say("moved", base < 0 ? null : base === 0 ? `not in the base's first ${before?.length ?? 0}` : `base: rank ${base}`);
  showSum(hit, alpha, { part, say });
  const matched = scenario === undefined ? undefined : data.scenarios[scenario];
  part("matched").hidden = matched === undefined;
  say("scenario", matched === undefined ? null : (matched ?? "The text is not at hand."));
  return root;
}

/** @param {ViewAnswer} answer @param {readonly string[]} measures */
function valueRows({ base, spike }, measures) {
  return measures.map((measure, at) => {
    const { root, say } = copy("query-value");
    const [before = 0, after] = [base.values[at], spike?.values[at]];
    say("measure", measure);
    say("base", before.toFixed(4));
    say("spike", after === undefined ? "–" : after.toFixed(4));
    say("difference", after === undefined ? "–" : signed(after - before));
    return root;
  });
}

/** @param {QueryData} data @param {ViewQuery} query @param {ViewAnswer} answer */
function goldRows(data, { gold }, { base, spike }) {
  /** @param {ViewRanking | null} ranking @param {number} at */
  const rankText = (ranking, at) => (ranking === null ? "–" : String(ranking.goldRanks[at] || "not found"));
  return gold.map(([document, grade], at) => {
    const { root, say } = copy("query-gold");
    say("document", data.documents[document]?.[0] ?? "");
    say("grade", String(grade));
    say("base", rankText(base, at));
    say("spike", rankText(spike, at));
    return root;
  });
}

/** @param {QueryData} data @param {ViewQuery} query @param {number} system */
export function detailOf(data, query, system) {
  const { root, part, say } = copy("query-shown");
  const answer = query.answers[system] ?? null;
  const { name = "", choice = null } = data.systems[system] ?? {};
  say("text", query.text === "" ? "(empty query)" : query.text);
  say(
    "facts",
    `Query ${query.id} · ${name} · ${plural(query.words, "word")} · ${plural(query.relevant, "relevant document")}`,
  );
  if (answer === null) return root;
  const { base, spike, alpha } = answer;
  part("values").replaceChildren(...valueRows(answer, data.measures));
  part("base-hits").replaceChildren(
    ...base.hits.map((hit, at) => hitItem(hit, at + 1, { data, query, alpha: null, before: null })),
  );
  say("base-empty", base.hits.length === 0 ? "Nothing was returned." : null);
  const why = choice === "cross-fitted" ? "chosen on other queries" : "declared before the run";
  say("spike-title", spike === null ? "SPIKE: no ranking to show" : `SPIKE at alpha ${alpha}, ${why}`);
  const hits = spike?.hits ?? [];
  part("spike-hits").replaceChildren(
    ...hits.map((hit, at) => hitItem(hit, at + 1, { data, query, alpha, before: base.hits })),
  );
  say("spike-empty", spike !== null && hits.length === 0 ? "Nothing was returned." : null);
  part("gold").replaceChildren(...goldRows(data, query, answer));
  say("more-gold", query.relevant > query.gold.length ? `and ${query.relevant - query.gold.length} more` : null);
  return root;
}
