import type { SpikeComparison } from "../../domain/spike-comparison.ts";
import { type AlphaChart, alphaChart } from "../charts/alpha-chart.ts";
import { forestChart } from "../charts/forest-chart.ts";
import type { ChartOptions, Charts } from "../charts/plot-svg.ts";
import { recallChart } from "../charts/recall-chart.ts";
import { waterfallChart } from "../charts/waterfall-chart.ts";
import type { ComparisonRow, Figure } from "../comparison-rows.ts";
import { differenceText, oneLine, plural, valueText } from "../figure-text.ts";
import type { MeasureSection, ReportModel } from "../report-model.ts";
import { type RowKey, rowName } from "../row-groups.ts";
import { isSignificant } from "../row-tests.ts";
import { daggered, intervalText } from "../significance-tables.ts";
import type { PageSource } from "./page-source.ts";

/** One chart of a page, which is a file of its own too. */
export type PageChart = {
  /** Without folder. */
  readonly file: string;
  readonly svg: string;
  /** What it is about; its text alternative says what it shows. */
  readonly name: string;
};

/** Charts by section; those of a measure stand under it. */
export type PageCharts = {
  readonly forest: ReadonlyMap<string, PageChart>;
  readonly alpha: ReadonlyMap<string, readonly PageChart[]>;
  readonly waterfall: readonly PageChart[];
  readonly recall: readonly PageChart[];
};

type ChartContext = {
  readonly charts: Charts;
  readonly model: ReportModel;
  readonly source: Pick<PageSource, "result" | "rows">;
  readonly fileName: (...parts: readonly string[]) => string;
};

/** All charts of a page. Charts of one kind, measure and dataset share their vertical axis, so that they can be compared. */
export function drawCharts(
  charts: Charts,
  { model, source }: { readonly model: ReportModel; readonly source: Pick<PageSource, "result" | "rows"> },
): PageCharts {
  const context = { charts, model, source, fileName: fileNames() };
  return {
    forest: new Map(
      model.sections.flatMap((section) => {
        const chart = drawForest(section, context);
        return chart === undefined ? [] : [[section.measure, chart] as const];
      }),
    ),
    alpha: new Map(model.sections.map((section) => [section.measure, drawAlphas(section, context)])),
    waterfall: drawWaterfalls(context),
    recall: drawRecalls(context),
  };
}

function drawForest({ measure, rows }: MeasureSection, context: ChartContext): PageChart | undefined {
  const { charts, fileName } = context;
  const drawn = rows.flatMap((row) => {
    const { test, difference, isMean } = row;
    if (test === undefined || difference === undefined) return [];
    const text = daggered(differenceText(difference.absolute), row);
    const figures = { difference: difference.absolute, text, interval: test.interval };
    return [{ name: nameOf(row, context), ...figures, isSignificant: isSignificant(test), isMean }];
  });
  if (drawn.length === 0) return undefined;
  const listed = drawn.map(({ name, text, interval }) => `${name}: ${text} ${intervalText(interval)}`).join("; ");
  const label = oneLine(`${measure}, SPIKE minus base, with intervals. ${listed}.`);
  const svg = charts.draw(forestChart(charts.plot, { measure, rows: drawn }), label);
  return { file: fileName("differences", measure), svg, name: measure };
}

function drawAlphas({ measure, rows }: MeasureSection, context: ChartContext): readonly PageChart[] {
  const compared = context.source.result.comparison?.rows.filter((one) => one.measure === measure) ?? [];
  const found = rows.flatMap((row) => {
    const own = row.isMean ? undefined : compared.find((one) => isSameRow(one, row));
    if (own === undefined || own.curve.length === 0) return [];
    return [{ row, figures: alphaFigures(row, own, context.model.declaredAlpha) }];
  });
  return found.map(({ row, figures }) => {
    const beside = found.filter((one) => one.row.dataset === row.dataset);
    const domain = extent(beside.flatMap((one) => heights(one.figures)));
    const options = alphaChart(context.charts.plot, { ...figures, measure, domain });
    return chartOf(`alpha-${measure}`, row, {
      ...context,
      options,
      label: alphaLabel(nameOf(row, context), measure, figures),
    });
  });
}

type AlphaFigures = Omit<AlphaChart, "measure" | "domain">;

function alphaFigures(
  row: ComparisonRow,
  { curve, crossFitted }: SpikeComparison,
  declared: number | undefined,
): AlphaFigures {
  const base = row.base.kind === "value" ? row.base.value : Number.NaN;
  const difference = ({ kind, ...figure }: Figure) => ("value" in figure ? figure.value - base : undefined);
  const [fixed, fitted] = [difference(row.declared), difference(row.crossFitted.figure)];
  return {
    curve,
    fixed: fixed === undefined || declared === undefined ? undefined : { alpha: declared, difference: fixed },
    oracle: row.oracle && { alpha: row.oracle.alpha, difference: row.oracle.value - base },
    crossFitted:
      fitted === undefined || crossFitted === null ? undefined : { alphas: crossFitted.alphas, difference: fitted },
  };
}

/** Everything that the chart must hold. */
function heights({ curve, fixed, oracle, crossFitted }: AlphaFigures): readonly number[] {
  const chosen = [fixed, oracle, crossFitted].flatMap((one) => (one === undefined ? [] : [one.difference]));
  return [...curve.flatMap(({ interval, difference }) => [...interval, difference]), ...chosen];
}

/** From the least to the greatest, zero among them, with room at both ends. */
function extent(values: readonly number[]): readonly [number, number] {
  const [low, high] = [Math.min(0, ...values), Math.max(0, ...values)];
  const room = Math.max(0.05 * (high - low), 0.005);
  return [low - room, high + room];
}

function alphaLabel(caption: string, measure: string, { curve, fixed, crossFitted, oracle }: AlphaFigures): string {
  const points = curve.map(({ alpha, difference }) => `${alpha}: ${differenceText(difference)}`).join(", ");
  const chosen = [
    ...(fixed === undefined ? [] : [`fixed at alpha ${fixed.alpha} ${differenceText(fixed.difference)}`]),
    ...(crossFitted === undefined ? [] : [`cross-fitted ${differenceText(crossFitted.difference)}`]),
    ...(oracle === undefined ? [] : [`oracle at alpha ${oracle.alpha} ${differenceText(oracle.difference)}`]),
  ].join(", ");
  return `${caption}: ${measure}, difference to the base by alpha. ${points}. ${chosen}.`;
}

function drawWaterfalls(context: ChartContext): readonly PageChart[] {
  const [measure = ""] = context.source.result.measures;
  const rows = context.source.rows.flatMap((row) => {
    const differences = [...row.answers.values()].flatMap(({ base, spike }) =>
      spike === undefined ? [] : [(spike.values[measure] ?? 0) - (base.values[measure] ?? 0)],
    );
    return differences.length === 0 ? [] : [{ row, differences }];
  });
  const reach = Math.max(0.05, ...rows.flatMap(({ differences }) => differences.map(Math.abs)));
  return rows.map(({ row, differences }) => {
    const [wins, losses] = [
      differences.filter((one) => one >= TIE).length,
      differences.filter((one) => one <= -TIE).length,
    ];
    const label = `${nameOf(row, context)}: ${measure}, SPIKE minus base for each of ${plural(differences.length, "query")}, largest gain first. ${wins} won, ${differences.length - wins - losses} tied, ${losses} lost.`;
    return chartOf("queries", row, {
      ...context,
      options: waterfallChart(context.charts.plot, { measure, differences, reach }),
      label,
    });
  });
}

function drawRecalls(context: ChartContext): readonly PageChart[] {
  return context.source.rows.flatMap((row) => {
    const { depths, base, spike } = row.recall;
    if (depths.length < 2) return [];
    const values = depths.map(
      (depth, at) =>
        `${depth}: ${valueText(base[at] ?? 0)}${spike === undefined ? "" : ` and ${valueText(spike[at] ?? 0)}`}`,
    );
    const label = `${nameOf(row, context)}: mean recall by number of documents, base${spike === undefined ? "" : " and SPIKE"}. ${values.join(", ")}.`;
    return [chartOf("recall", row, { ...context, options: recallChart(context.charts.plot, row.recall), label })];
  });
}

/** Differences closer to zero are ties, as in the comparison's counts. */
const TIE = 1e-9;

type NamedRow = RowKey & { readonly dataset: string };

function chartOf(
  kind: string,
  row: NamedRow,
  {
    charts,
    fileName,
    options,
    label,
    ...context
  }: ChartContext & { readonly options: ChartOptions; readonly label: string },
): PageChart {
  const { retriever, queries, scenarios = "", fusion = "", dataset } = row;
  const varying = context.model.axes.varying.map((axis) => ({ queries, scenarios, fusion })[axis]);
  return {
    file: fileName(kind, retriever, ...varying, dataset),
    svg: charts.draw(options, oneLine(label)),
    name: nameOf(row, context),
  };
}

function nameOf(row: NamedRow, { model }: Pick<ChartContext, "model">): string {
  return oneLine(`${rowName(row, model.axes.varying).replaceAll("`", "")} · ${row.dataset}`);
}

function isSameRow(one: SpikeComparison, row: NamedRow): boolean {
  const key = ({ retriever, queries, scenarios, fusion, dataset }: NamedRow | SpikeComparison) =>
    JSON.stringify([retriever, queries, scenarios ?? null, fusion ?? null, dataset]);
  return key(one) === key(row);
}

/** Names of files that any system takes, each once. */
function fileNames(): ChartContext["fileName"] {
  const taken = new Map<string, number>();
  return (...parts) => {
    const name = parts
      .map((part) => part.replace(/[^\w.@-]+/g, "-"))
      .filter((part) => part !== "")
      .join("-")
      .toLowerCase();
    const count = (taken.get(name) ?? 0) + 1;
    taken.set(name, count);
    return `${name}${count === 1 ? "" : `~${count}`}.svg`;
  };
}
