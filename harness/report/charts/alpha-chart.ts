import type { PlotOptions } from "@observablehq/plot";
import type { CurvePoint } from "../../domain/comparison.ts";
import { COLOURS, FRAME, heading, type LegendEntry, tickText } from "./chart-style.ts";
import type { PlotLibrary } from "./plot-library.ts";

/** SPIKE minus base over alpha, and the three ways to choose alpha. All figures are differences to the base. */
export type AlphaChart = {
  readonly measure: string;
  /** The band is that of the points' intervals. Alpha ascending. */
  readonly curve: readonly CurvePoint[];
  readonly fixed: ChosenPoint | undefined;
  readonly oracle: ChosenPoint | undefined;
  /** One alpha a fold: drawn from the least to the largest. */
  readonly crossFitted: { readonly alphas: readonly number[]; readonly difference: number } | undefined;
  /** Ends of the vertical axis, the same for charts that are compared. */
  readonly domain: readonly [number, number];
};

type ChosenPoint = { readonly alpha: number; readonly difference: number };

/** How a chosen alpha is drawn: its shape alone tells it from the others. */
const SIGNS = {
  fixed: { symbol: "circle", fill: COLOURS.spike, stroke: COLOURS.spike },
  crossFitted: { symbol: "diamond", fill: COLOURS.loss, stroke: COLOURS.loss },
  oracle: { symbol: "triangle", fill: "none", stroke: COLOURS.oracle },
} as const;

export function alphaChart(plot: PlotLibrary, chart: AlphaChart): PlotOptions {
  const { curve, fixed, oracle, crossFitted, domain, measure } = chart;
  const band = curve.map(({ alpha, interval: [low, high], difference }) => ({ alpha, low, high, difference }));
  const spread = crossFitted && spreadOf(crossFitted);
  return {
    ...FRAME,
    height: 240,
    x: {
      domain: [0, 1],
      label: "alpha, weight of the document score",
      labelAnchor: "center",
      labelArrow: "none",
      ticks: 5,
      tickFormat: (value: number) => tickText(value),
    },
    y: {
      domain: [...domain],
      label: null,
      ticks: 5,
      tickFormat: (value: number) => tickText(value, true),
      grid: true,
    },
    marks: [
      plot.areaY(band, { x: "alpha", y1: "low", y2: "high", fill: COLOURS.spike, fillOpacity: 0.18 }),
      plot.ruleY([0], { stroke: COLOURS.base, strokeWidth: 1.5, strokeDasharray: "4 3" }),
      plot.lineY(band, { x: "alpha", y: "difference", stroke: COLOURS.spike, strokeWidth: 2 }),
      ...(spread === undefined
        ? []
        : [
            plot.link([spread], {
              x1: "low",
              x2: "high",
              y1: "difference",
              y2: "difference",
              stroke: COLOURS.loss,
              strokeWidth: 2,
            }),
            plot.dot([spread], { x: "middle", y: "difference", r: 5, ...SIGNS.crossFitted }),
          ]),
      ...(oracle === undefined
        ? []
        : [plot.dot([oracle], { x: "alpha", y: "difference", r: 5.5, strokeWidth: 2, ...SIGNS.oracle })]),
      ...(fixed === undefined ? [] : [plot.dot([fixed], { x: "alpha", y: "difference", r: 4, ...SIGNS.fixed })]),
      ...heading(plot, `${measure}, difference to the base`, legend(chart)),
    ],
  };
}

function spreadOf({ alphas, difference }: NonNullable<AlphaChart["crossFitted"]>) {
  const sorted = [...alphas].sort((a, b) => a - b);
  const [low = 0] = sorted;
  return { low, high: sorted.at(-1) ?? low, middle: sorted[Math.floor((sorted.length - 1) / 2)] ?? low, difference };
}

function legend({ fixed, crossFitted, oracle }: AlphaChart): readonly LegendEntry[] {
  return [
    ...(fixed === undefined ? [] : [{ sign: SIGNS.fixed, text: `fixed ${fixed.alpha}`, width: 86 }]),
    ...(crossFitted === undefined ? [] : [{ sign: SIGNS.crossFitted, text: "cross-fitted", width: 104 }]),
    ...(oracle === undefined ? [] : [{ sign: SIGNS.oracle, text: `oracle ${oracle.alpha}`, width: 90 }]),
  ];
}
