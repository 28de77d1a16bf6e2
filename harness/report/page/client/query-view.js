// The query view of a report page: its filter, its list, and the query that is chosen.

import { copy, detailOf, element } from "./query-detail.js";
import { hasOutcome, listQueries, signed } from "./query-filter.js";

/** @import { QueryData } from "../query-data.ts" */
/** @import { Filter, Listed } from "./query-filter.js" */

/** Queries that are listed at once. */
const PAGE = 100;
/** Characters of a query in the list. */
const HEAD = 120;

/** The data of a part, unpacked when it is wanted first. @param {number} part @returns {Promise<QueryData>} */
async function unpack(part) {
  const packed = Uint8Array.from(atob(element(`queries-${part}`).textContent ?? ""), (one) => one.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return await new Response(stream).json();
}

/** @param {HTMLFormElement} form @returns {Filter} */
function readFilter(form) {
  const fields = new FormData(form);
  const number = (/** @type {string} */ name, /** @type {number} */ otherwise) => {
    const text = String(fields.get(name) ?? "");
    return text === "" || Number.isNaN(Number(text)) ? otherwise : Number(text);
  };
  const text = (/** @type {string} */ name) => String(fields.get(name) ?? "");
  return {
    ...{ system: number("system", 0), measure: number("measure", 0), outcome: text("outcome"), order: text("order") },
    ...{ least: number("least", 0), most: number("most", Number.POSITIVE_INFINITY), text: text("text") },
  };
}

/** @param {string} name @param {readonly string[]} labels keeps what was chosen as long as it is there */
function setOptions(name, labels) {
  const select = element(`query-${name}`);
  if (!(select instanceof HTMLSelectElement)) throw new Error(`#query-${name} is no select`);
  const chosen = select.selectedOptions[0]?.text;
  select.replaceChildren(...labels.map((label, at) => new Option(label, String(at), false, label === chosen)));
}

/** @param {Listed} listed @param {(listed: Listed, button: HTMLElement) => void} choose */
function listItem(listed, choose) {
  const { root, part, say } = copy("query-item");
  const { query, difference } = listed;
  say("text", query.text === "" ? query.id : headOf(query.text));
  say("difference", difference === null ? null : signed(difference));
  const outcome =
    difference === null ? "none" : hasOutcome(difference, "tie") ? "tie" : difference > 0 ? "win" : "loss";
  part("difference").dataset["outcome"] = outcome;
  part("button").addEventListener("click", () => choose(listed, part("button")));
  return root;
}

/** A long text's beginning, whole words. @param {string} text */
function headOf(text) {
  return text.length <= HEAD ? text : `${text.slice(0, text.lastIndexOf(" ", HEAD) + 1 || HEAD).trimEnd()} …`;
}

/** Arrow keys go from query to query. @param {KeyboardEvent} event */
function moveFocus(event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step === undefined) return;
  const buttons = [...element("query-list").querySelectorAll("button")];
  const at = buttons.findIndex((button) => button.matches(":focus"));
  if (at < 0) return;
  event.preventDefault();
  buttons[at + step]?.focus();
}

/** Builds the view and keeps it up to date. */
async function start() {
  const form = element("query-filter");
  const parts = element("query-part");
  if (!(form instanceof HTMLFormElement && parts instanceof HTMLSelectElement)) throw new Error("no filter");
  const filter = () => readFilter(form);
  let data = await unpack(0);
  let listed = listQueries(data, filter());
  let chosen = "";
  let shown = PAGE;

  /** @param {Listed} one @param {HTMLElement} button */
  function choose({ query }, button) {
    for (const other of element("query-list").querySelectorAll("[aria-current]")) other.removeAttribute("aria-current");
    button.setAttribute("aria-current", "true");
    chosen = query.id;
    element("query-detail").replaceChildren(detailOf(data, query, filter().system));
  }

  /** Goes on with the query that was chosen as long as it is listed. */
  function list() {
    listed = listQueries(data, filter());
    const counts = [listed.length, data.queries.length].map((count) => count.toLocaleString("en-US"));
    element("query-count").textContent = `${counts.join(" of ")} queries`;
    const items = listed.slice(0, shown).map((one) => listItem(one, choose));
    element("query-list").replaceChildren(...items);
    element("query-more").hidden = listed.length <= shown;
    const at = Math.max(
      0,
      listed.slice(0, shown).findIndex(({ query }) => query.id === chosen),
    );
    const [one, button] = [listed[at], items[at]?.querySelector("button")];
    if (one !== undefined && button) choose(one, button);
    else element("query-detail").replaceChildren();
  }

  function open() {
    setOptions(
      "system",
      data.systems.map(({ name }) => name),
    );
    setOptions("measure", data.measures);
    list();
  }

  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", async ({ target }) => {
    shown = PAGE;
    if (target !== parts) return list();
    const { value } = parts;
    const unpacked = await unpack(Number(value));
    // whoever chose once more meanwhile waits for that
    if (parts.value !== value) return;
    data = unpacked;
    open();
  });
  element("query-more").addEventListener("click", () => {
    const first = shown;
    shown += PAGE;
    list();
    element("query-list").querySelectorAll("button")[first]?.focus();
  });
  element("query-list").addEventListener("keydown", moveFocus);
  open();
  element("query-view").hidden = false;
  element("query-waiting").hidden = true;
}

start().catch((error) => {
  const reason = error instanceof Error ? error.message : String(error);
  element("query-waiting").textContent = `The query view could not be opened: ${reason}`;
});
