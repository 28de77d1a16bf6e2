import { encodingLines } from "../encoding-lines.ts";
import { capital, countText } from "../figure-text.ts";
import { COVERAGE_TERMS, type MeasureSection, type ReportModel } from "../report-model.ts";
import { coverageTable, datasetTable, queryCountTable, sweepTable } from "../report-tables.ts";
import { effectTable } from "../significance-tables.ts";
import { type Html, html, lines, prose } from "./html.ts";
import type { PageChart, PageCharts } from "./page-charts.ts";
import type { PageSource } from "./page-source.ts";
import { answerTable, tableHtml } from "./page-tables.ts";

export type PageContext = {
  readonly model: ReportModel;
  readonly charts: PageCharts;
  /** The query view, or where it is. */
  readonly queries: Html;
};

export function titleOf({ name }: ReportModel): string {
  return `${name} · spikebench`;
}

type Section = { readonly id: string; readonly title: string; readonly body: Html | undefined };

/** Everything within the page's `body`; sections that have nothing to say are left out. */
export function bodyOf(source: PageSource, context: PageContext): Html {
  const { model, charts } = context;
  const sections: readonly Section[] = [
    {
      id: "results",
      title: "Results",
      body: html`${model.sections.map((section) => answer(section, context))}${footnotes(model)}`,
    },
    { id: "differences", title: "Differences", body: figures([...charts.forest.values()], FOREST) },
    { id: "alpha", title: "Alpha", body: alphaBody(context) },
    { id: "waterfall", title: "Wins and losses", body: figures(charts.waterfall, WATERFALL) },
    { id: "queries", title: "Query by query", body: context.queries },
    { id: "recall", title: "Recall", body: figures(charts.recall, RECALL) },
    { id: "coverage", title: "Scenario coverage", body: coverageBody(model) },
    { id: "data", title: "Datasets and queries", body: dataBody(model) },
    { id: "cost", title: "Cost and time", body: costBody(source) },
    { id: "provenance", title: "Provenance", body: provenanceBody(source) },
    { id: "failed", title: "Failed cells", body: list(model.failures.map(({ label, error }) => `${label}: ${error}`)) },
    { id: "notes", title: "Notes", body: list(model.notes) },
  ];
  const shown = sections.filter(({ body }) => body !== undefined);
  return html`<header>
<h1>${model.name}</h1>
${model.description === undefined ? undefined : html`<p>${prose(model.description)}</p>`}
<p>${model.axes.fixed.map(({ axis, value }) => `${capital(axis)}: ${value}.`).join(" ")}</p>
${model.failureSummary === undefined ? undefined : html`<p class="failure"><strong>${model.failureSummary}</strong> The reasons stand under <a href="#failed">Failed cells</a>.</p>`}
<nav aria-label="Sections"><ul>${shown.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`)}</ul></nav>
</header>
<main>
${shown.map(
  ({ id, title, body }) => html`<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2>
${body}</section>
`,
)}</main>`;
}

function answer(section: MeasureSection, { model }: PageContext): Html {
  const { measure } = section;
  return html`<h3>${measure}</h3>
${tableHtml(answerTable(model, section), `Results in ${measure}`)}
${model.hasTests ? folded(`Effect and power, ${measure}`, tableHtml(effectTable(model, section, { system: true }), `Effect and power in ${measure}`)) : undefined}
${section.alphas.length === 0 ? undefined : folded(`Every alpha, ${measure}`, html`<p>alpha × document score + (1 − alpha) × scenario score. Bold: best of the row, underlined: second best, by unrounded value.</p>${tableHtml(sweepTable(model, section), `Every alpha in ${measure}`)}`)}
`;
}

const FOREST =
  "SPIKE minus base with its interval, as in the tables above. Filled: significant after correction; hollow: not; diamonds: means over datasets.";
const ALPHA =
  "SPIKE minus base at every alpha. The band holds each single point with the confidence of its interval, not the whole curve. The cross-fitted value lies between the least and the largest alpha that its folds chose. The oracle is tuned on the test queries and never claimable. Charts of one dataset have one scale.";
const WATERFALL =
  "SPIKE minus base for every query, from the largest gain to the largest loss, in the first measure and at the alpha that is claimed; under cross-fitting each query has the alpha of its own fold.";
const RECALL = "Mean recall over the judged queries, by the dataset's own rule for recall, at the same alpha as above.";

function figures(charts: readonly PageChart[], explained: string): Html | undefined {
  if (charts.length === 0) return undefined;
  return html`<p>${explained}</p>
<div class="figures">
${charts.map(
  ({
    file,
    name,
    svg,
  }) => html`<figure><figcaption><bdi>${name}</bdi> <a href="charts/${file}" aria-label="${name} as an SVG file">SVG</a></figcaption>
${{ html: svg }}</figure>
`,
)}</div>
`;
}

function alphaBody({ charts }: PageContext): Html | undefined {
  const [first, ...others] = [...charts.alpha].filter(([, own]) => own.length > 0);
  if (first === undefined) return undefined;
  const [measure, own] = first;
  return html`<h3>${measure}</h3>
${figures(own, ALPHA)}
${others.map(([name, more]) => folded(name, figures(more, ALPHA)))}`;
}

function coverageBody(model: ReportModel): Html | undefined {
  if (model.coverage.length === 0) return undefined;
  return html`${tableHtml(coverageTable(model), "Scenario coverage")}<p class="notes">${COVERAGE_TERMS}</p>`;
}

function dataBody(model: ReportModel): Html {
  return html`${tableHtml(datasetTable(model), "Datasets")}
${tableHtml(queryCountTable(model), "Queries")}
<p class="notes">A mean is over all judged queries; a missing one counts as 0. Unjudged queries are left out.</p>
${list([
  ...model.policies.map(({ hash, rules }) => `Policy ${hash}: ${rules}.`),
  ...model.datasets.flatMap(({ id, notes }) => notes.map((note) => `\`${id}\`: ${note}`)),
])}`;
}

function costBody({ work }: PageSource): Html {
  if (work === undefined) {
    return html`<p>What a run took depends on its cache and its machine, so it is no part of a result. <code>spikebench run --costs</code> puts what that run encoded, its seconds, tokens and USD here; every run prints them.</p>`;
  }
  const done = encodingLines(work);
  if (done.length === 0) return html`<p>The last run encoded nothing: all vectors were cached.</p>`;
  return html`<p>What the last run encoded; vectors that were cached cost nothing.</p>${list(done)}`;
}

function provenanceBody({ result, provenance }: PageSource): Html {
  const { version, runFile, retrievers } = provenance;
  const { comparison } = result;
  return html`<dl>
${version === undefined ? undefined : term("spikebench", version)}
${term("Result", result.id)}
${comparison === null ? undefined : term("Seed of tests, intervals and folds", String(comparison.declaration.seed))}
${result.datasets.map(
  ({ id, origin, corpusSha256, qrelsSha256, policyHash }) =>
    html`<dt><bdi>${id}</bdi></dt><dd>from ${origin.join(", ")}<br>corpus ${corpusSha256}<br>judgements ${qrelsSha256}<br>policy ${policyHash}</dd>`,
)}
${result.scenarios.map(({ name, dataset, contentHash }) => term(`Scenarios ${name} of ${dataset}`, contentHash))}
${retrievers.map(
  ({ name, encoder, engine }) =>
    html`<dt><bdi>${name}</bdi></dt><dd>${encoder === undefined ? "no vectors" : html`encoder ${encoder}`}${engine === undefined ? undefined : html`<br>engine ${engine}`}</dd>`,
)}
</dl>
${folded(`Digests of ${countText(result.cells.length)} run files`, html`<ul class="digests">${result.cells.map(({ run, runSha256 }) => (run === null ? undefined : html`<li><bdi>${run}</bdi> ${runSha256 ?? ""}</li>\n`))}</ul>`)}
<p>To repeat it, give this run file to <code>spikebench run</code>; equal inputs give a result of the same id. <code>spikebench plan</code> tells beforehand what it takes.</p>
${
  runFile === undefined
    ? html`<p>The run file was not kept.</p>`
    : html`<pre tabindex="0" aria-label="Commands">npx spikebench plan ${runFile.name}
npx spikebench run ${runFile.name}</pre>
${folded(`The run file, ${runFile.name}`, html`<pre tabindex="0">${lines(runFile.text)}</pre>`)}`
}
`;
}

function term(name: string, text: string): Html {
  return html`<dt>${name}</dt><dd>${text}</dd>`;
}

function folded(summary: string, body: Html | undefined): Html {
  return html`<details><summary>${summary}</summary>${body}</details>
`;
}

/** What holds for the tables of every measure. */
function footnotes({ footnotes: sentences, policyFootnote }: ReportModel): Html {
  const all = [...sentences, ...(policyFootnote === undefined ? [] : [policyFootnote])];
  return html`<p class="notes">${all.map((sentence) => html`${prose(sentence)}<br>`)}</p>`;
}

function list(sentences: readonly string[]): Html | undefined {
  return sentences.length === 0
    ? undefined
    : html`<ul>${sentences.map((sentence) => html`<li>${prose(sentence)}</li>\n`)}</ul>`;
}
