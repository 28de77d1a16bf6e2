import type { PlotOptions } from "@observablehq/plot";
import type { Interval } from "../../domain/comparison.ts";
import { COLOURS, FRAME, PAPER, tickText } from "./chart-style.ts";
import type { PlotLibrary } from "./plot-library.ts";

/** One difference with its interval. `isMean`: over several datasets. */
export type ForestRow = {
  readonly name: string;
  readonly difference: number;
  /** The difference as the tables write it, with its dagger. */
  readonly text: string;
  readonly interval: Interval;
  readonly isSignificant: boolean;
  readonly isMean: boolean;
};

const ROW_HEIGHT = 34;

/** Every difference with its interval, one below the other; a row's name stands above its line. */
export function forestChart(
  plot: PlotLibrary,
  { measure, rows }: { readonly measure: string; readonly rows: readonly ForestRow[] },
): PlotOptions {
  const placed = rows.map((row, place) => ({ ...row, place, low: row.interval[0], high: row.interval[1] }));
  const sign = { x: "difference", y: "place", stroke: COLOURS.spike, strokeWidth: 2 } as const;
  const label = {
    y: "place",
    dy: -12,
    lineAnchor: "middle",
    stroke: PAPER,
    strokeWidth: 3,
    fill: "currentColor",
  } as const;
  return {
    ...FRAME,
    marginLeft: 12,
    marginTop: 12,
    height: rows.length * ROW_HEIGHT + 62,
    x: {
      label: `${measure}, SPIKE minus base`,
      labelAnchor: "center",
      labelArrow: "none",
      ticks: 5,
      tickFormat: (value: number) => tickText(value, true),
      grid: true,
      nice: true,
    },
    y: { domain: [-0.8, rows.length - 0.6], reverse: true, axis: null },
    marks: [
      plot.ruleX([0], { stroke: COLOURS.base, strokeWidth: 1.5, strokeDasharray: "4 3" }),
      plot.link(placed, { x1: "low", x2: "high", y1: "place", y2: "place", stroke: COLOURS.spike, strokeWidth: 2 }),
      plot.dot(
        placed.filter(({ isMean }) => !isMean),
        { ...sign, r: 4, fill: (row: ForestRow) => (row.isSignificant ? COLOURS.spike : PAPER) },
      ),
      plot.dot(
        placed.filter(({ isMean }) => isMean),
        { ...sign, r: 6, symbol: "diamond", fill: (row: ForestRow) => (row.isSignificant ? COLOURS.spike : PAPER) },
      ),
      plot.text(placed, { ...label, text: "name", frameAnchor: "left", lineWidth: 21, textOverflow: "ellipsis" }),
      plot.text(placed, { ...label, text: "text", frameAnchor: "right" }),
    ],
  };
}
