import type { PlotOptions } from "@observablehq/plot";
import { COLOURS, FRAME, heading, tickText } from "./chart-style.ts";
import type { PlotLibrary } from "./plot-library.ts";

export type WaterfallChart = {
  readonly measure: string;
  /** SPIKE minus base, one a query, in any order. */
  readonly differences: readonly number[];
  /** Where the vertical axis ends above and below, the same for charts that are compared. */
  readonly reach: number;
};

/** The queries' differences from the largest gain to the largest loss. */
export function waterfallChart(plot: PlotLibrary, { measure, differences, reach }: WaterfallChart): PlotOptions {
  const bars = [...differences].sort((a, b) => b - a).map((difference, place) => ({ difference, place }));
  const area = { x: "place", curve: "step" } as const;
  return {
    ...FRAME,
    height: 186,
    marginTop: 28,
    marginBottom: 26,
    x: {
      domain: [-0.5, differences.length - 0.5],
      label: "queries, by difference",
      labelAnchor: "center",
      labelArrow: "none",
      ticks: [],
    },
    y: {
      domain: [-reach, reach],
      label: null,
      ticks: 5,
      tickFormat: (value: number) => tickText(value, true),
      grid: true,
    },
    marks: [
      plot.areaY(stepEnds(bars), { ...area, y: (bar: Bar) => Math.max(0, bar.difference), fill: COLOURS.gain }),
      plot.areaY(stepEnds(bars), { ...area, y: (bar: Bar) => Math.min(0, bar.difference), fill: COLOURS.loss }),
      plot.ruleY([0], { stroke: COLOURS.base }),
      ...heading(plot, `${measure}, SPIKE minus base`),
    ],
  };
}

type Bar = { readonly difference: number; readonly place: number };

/** A step reaches half way to its neighbours; the outer ones get theirs from a copy at the frame. */
function stepEnds(bars: readonly Bar[]): readonly Bar[] {
  const [first, last] = [bars[0], bars.at(-1)];
  if (first === undefined || last === undefined) return [];
  return [{ ...first, place: first.place - 0.5 }, ...bars, { ...last, place: last.place + 0.5 }];
}
