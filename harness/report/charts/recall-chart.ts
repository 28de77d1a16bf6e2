import type { PlotOptions } from "@observablehq/plot";
import { COLOURS, FRAME, heading, tickText } from "./chart-style.ts";
import type { PlotLibrary } from "./plot-library.ts";

export type RecallChart = {
  /** Numbers of documents that are looked at, ascending, and mean recall there. */
  readonly depths: readonly number[];
  readonly base: readonly number[];
  /** Absent for a retriever without scenarios. */
  readonly spike: readonly number[] | undefined;
};

/** Mean recall over the number of documents looked at, which grows by factors. */
export function recallChart(plot: PlotLibrary, { depths, base, spike }: RecallChart): PlotOptions {
  const line = (values: readonly number[]) => depths.map((depth, at) => ({ depth, recall: values[at] ?? 0 }));
  const x = { x: "depth", y: "recall" } as const;
  const ends = [1, depths.at(-1) ?? 1] as const;
  return {
    ...FRAME,
    height: 220,
    x: {
      type: "log",
      domain: [...ends],
      label: "documents looked at, k",
      labelAnchor: "center",
      labelArrow: "none",
      ticks: depths.filter((depth) => /^10*$/.test(String(depth))),
      tickFormat: (value: number) => value.toLocaleString("en-US"),
    },
    y: {
      domain: [0, 1],
      label: null,
      ticks: 5,
      tickFormat: (value: number) => tickText(value),
      grid: true,
    },
    marks: [
      plot.lineY(line(base), { ...x, stroke: COLOURS.base, strokeWidth: 2, strokeDasharray: "5 3" }),
      ...(spike === undefined ? [] : [plot.lineY(line(spike), { ...x, stroke: COLOURS.spike, strokeWidth: 2 })]),
      ...heading(plot, "mean recall at k", [
        ...(spike === undefined ? [] : [{ text: "── SPIKE", fill: COLOURS.spike, width: 90 }]),
        { text: "- - base", fill: COLOURS.base, width: 90 },
      ]),
    ],
  };
}
