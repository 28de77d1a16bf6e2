import { openCharts } from "../charts/plot-svg.ts";
import { buildReport, type ReportModel } from "../report-model.ts";
import { readClientScript, readStyle } from "./client-script.ts";
import { type Html, html } from "./html.ts";
import { type PackedPart, type PackedQueries, packQueries } from "./pack-queries.ts";
import { drawCharts, type PageChart } from "./page-charts.ts";
import { pageFrame } from "./page-frame.ts";
import { bodyOf, titleOf } from "./page-sections.ts";
import type { PageSource, TextCuts } from "./page-source.ts";
import { querySection } from "./query-section.ts";

/** A page and the files beside it, by name. */
export type RenderedPage = {
  readonly index: string;
  /** In the folder `charts`. */
  readonly charts: ReadonlyMap<string, string>;
  /** In the folder `queries`; empty where the page itself has room for them. */
  readonly queries: ReadonlyMap<string, string>;
};

/** Bytes that a page may have, so that it opens at once and can be sent by mail. */
const PAGE_BYTES = 14.9e6;

const NO_TEXTS: TextCuts = { queries: 0, documents: 0, scenarios: 0 };

/** The page of a result. Pure but for the script and the style that it reads: the same source gives the same bytes. */
export async function renderPage(source: PageSource, { pageBytes = PAGE_BYTES } = {}): Promise<RenderedPage> {
  const { excerpts } = source;
  const model = buildReport(source.result);
  const drawn = drawCharts(await openCharts(), { model, source });
  const charts = chartsOf(drawn);
  const [style, script] = [await readStyle(), await readClientScript()];
  const page = (own: Html, hasView: boolean) =>
    pageFrame({
      ...{ title: titleOf(model), style, script: hasView ? script : undefined },
      body: bodyOf(source, { model, charts: drawn, queries: own }),
    });
  const around = page(querySection([], excerpts?.cut ?? NO_TEXTS), true);
  const room = pageBytes - Buffer.byteLength(around);
  const queries =
    excerpts === undefined ? undefined : packQueries({ ...source, excerpts, varying: model.axes.varying }, room);
  const pages = queries?.isSplit === true ? queries.parts.map((part, at) => ({ part, file: fileOf(part, at) })) : [];
  const hasView = queries !== undefined && queries.parts.length > 0 && !queries.isSplit;
  return {
    index: page(queryBody(queries, pages), hasView),
    charts: new Map(charts.map(({ file, svg }) => [file, svg])),
    queries: new Map(pages.map(({ part, file }) => [file, queryPage(part, { model, queries, style, script })])),
  };
}

function chartsOf({ forest, alpha, waterfall, recall }: ReturnType<typeof drawCharts>): readonly PageChart[] {
  return [...forest.values(), ...[...alpha.values()].flat(), ...waterfall, ...recall];
}

type QueryPage = { readonly part: PackedPart; readonly file: string };

function queryBody(queries: PackedQueries | undefined, pages: readonly QueryPage[]): Html {
  if (queries === undefined) {
    return html`<p>The texts of this result are not at hand: run the experiment again, which keeps its finished cells.</p>`;
  }
  if (queries.parts.length === 0) return html`<p>There is no query to show.</p>`;
  if (pages.length === 0) return querySection(queries.parts, queries.cut);
  return html`<p>The queries have pages of their own, as they would make this one too large.</p>
<ul>${pages.map(({ part, file }) => html`<li><a href="queries/${file}">${part.label}</a></li>\n`)}</ul>`;
}

type QueryPageContext = {
  readonly model: ReportModel;
  readonly queries: PackedQueries | undefined;
  readonly script: string;
  readonly style: string;
};

function queryPage(part: PackedPart, { model, queries, script, style }: QueryPageContext): string {
  const title = `${titleOf(model)}: ${part.label}`;
  const body = html`<header><p><a href="../index.html">${model.name}</a></p><h1>${part.label}, query by query</h1></header>
<main>${querySection([part], queries?.cut ?? NO_TEXTS)}</main>`;
  return pageFrame({ title, style, script, body });
}

/** The number keeps two labels apart that read alike as a file. */
function fileOf({ label }: PackedPart, at: number): string {
  return `${at + 1}-${label.replace(/[^\w.-]+/g, "-")}.html`;
}
