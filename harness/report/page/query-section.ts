import { type Html, html } from "./html.ts";
import type { PackedPart } from "./pack-queries.ts";
import type { TextCuts } from "./page-source.ts";

/** The query view of these parts: its controls, the patterns that its script fills, and the data. */
export function querySection(parts: readonly PackedPart[], cut: TextCuts): Html {
  return html`<p id="query-waiting">The query view needs JavaScript. Everything else on this page does without.</p>
<div id="query-view" hidden>
<p>Pick a query to see what the base and SPIKE return for it, what SPIKE's scores are made of, and which scenario matched. Texts of documents are cut after ${cut.documents} characters, scenarios after ${cut.scenarios}; scores are rounded to six digits.</p>
${filterForm(parts)}
<p id="query-count" role="status"></p>
<div class="query-columns">
<nav aria-label="Queries"><ol id="query-list"></ol><button type="button" id="query-more">Show 100 more</button></nav>
<article id="query-detail" aria-label="The chosen query" aria-live="polite"></article>
</div>
</div>
${PATTERNS}
${parts.map(({ packed }, at) => html`<script type="text/plain" id="queries-${at}">${{ html: packed }}</script>\n`)}`;
}

function filterForm(parts: readonly PackedPart[]): Html {
  const labels = parts.map(({ label }, at) => html`<option value="${at}">${label}</option>`);
  return html`<form id="query-filter">
<label>Dataset <select id="query-part">${labels}</select></label>
<label>System <select id="query-system" name="system"></select></label>
<label>Measure <select id="query-measure" name="measure"></select></label>
<label>SPIKE <select name="outcome"><option value="all">wins, ties and losses</option><option value="win">wins</option><option value="tie">ties</option><option value="loss">losses</option></select></label>
<label>Order <select name="order"><option value="gain">largest gain first</option><option value="loss">largest loss first</option><option value="length">longest query first</option><option value="file">as in the dataset</option></select></label>
<label>Words, at least <input type="number" name="least" min="0" inputmode="numeric"></label>
<label>Words, at most <input type="number" name="most" min="0" inputmode="numeric"></label>
<label>Words of the query, or its id <input type="search" name="text" autocomplete="off"></label>
</form>`;
}

/** What the script copies and fills; a part that has no text is hidden. */
const PATTERNS = html`<template id="query-item"><li><button type="button" data-part="button"><span data-part="text" dir="auto"></span> <span class="difference" data-part="difference"></span></button></li></template>
<template id="query-shown"><div>
<h3 data-part="text" dir="auto"></h3>
<p data-part="facts" dir="auto"></p>
<div class="scroll" role="region" tabindex="0" aria-label="Values of the query"><table>
<thead><tr><th scope="col">measure</th><th scope="col" class="number">base</th><th scope="col" class="number">SPIKE</th><th scope="col" class="number">difference</th></tr></thead>
<tbody data-part="values"></tbody>
</table></div>
<h4>Relevant documents</h4>
<div class="scroll" role="region" tabindex="0" aria-label="Ranks of the relevant documents"><table>
<thead><tr><th scope="col">document</th><th scope="col" class="number">grade</th><th scope="col" class="number">rank, base</th><th scope="col" class="number">rank, SPIKE</th></tr></thead>
<tbody data-part="gold"></tbody>
</table></div>
<p data-part="more-gold" hidden></p>
<div class="rankings">
<section><h4>Base</h4><p data-part="base-empty" hidden></p><ol class="ranking" data-part="base-hits"></ol></section>
<section><h4 data-part="spike-title">SPIKE</h4><p data-part="spike-empty" hidden></p><ol class="ranking" data-part="spike-hits"></ol></section>
</div>
</div></template>
<template id="query-value"><tr><th scope="row" data-part="measure"></th><td class="number" data-part="base"></td><td class="number" data-part="spike"></td><td class="number" data-part="difference"></td></tr></template>
<template id="query-gold"><tr><th scope="row"><bdi data-part="document"></bdi></th><td class="number" data-part="grade"></td><td class="number" data-part="base"></td><td class="number" data-part="spike"></td></tr></template>
<template id="query-hit"><li class="hit">
<p class="hit-head"><span data-part="rank"></span> <bdi class="document" data-part="document"></bdi> <span class="grade" data-part="grade"></span> <span class="moved" data-part="moved"></span> <span class="score" data-part="score"></span></p>
<p class="excerpt" data-part="excerpt" dir="auto"></p>
<div data-part="bar" class="bar" aria-hidden="true"><span class="bar-document" data-part="bar-document"></span><span class="bar-scenario" data-part="bar-scenario"></span></div>
<p class="sum" data-part="sum"></p>
<p class="matched" data-part="matched"><b>Matched scenario:</b> <q data-part="scenario" dir="auto"></q></p>
</li></template>`;
