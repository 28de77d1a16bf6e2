import type { Markish } from "@observablehq/plot";
import type { PlotLibrary } from "./plot-library.ts";

/**
 * Colours that people tell apart whatever kinds of colour they see, on white; never the only sign of anything. A page maps
 * each to a lighter one where it is dark.
 *
 * Source: Okabe and Ito, Color Universal Design (2008).
 */
export const COLOURS = {
  spike: "#0072b2",
  base: "#767676",
  gain: "#0072b2",
  loss: "#d55e00",
  oracle: "#a3557f",
} as const;

/** Behind a chart: what is hollow, and the edge of a text that crosses a line. */
export const PAPER = "#ffffff";

/** Text and axes. */
export const INK = "#1b1b1b";

/** Of known widths, so that what fits here fits there. */
export const FONT = "DejaVu Sans, Verdana, sans-serif";

/** Pixels of a chart that can be read on a telephone without scrolling. */
export const WIDTH = 360;

export const FONT_SIZE = 11;

/** What charts have in common; the margins leave room for figures of four decimals. */
export const FRAME = {
  width: WIDTH,
  marginLeft: 52,
  marginRight: 18,
  marginBottom: 40,
  marginTop: 44,
} as const;

/** A figure on an axis: up to four decimals, with its sign where `signed`. */
export function tickText(value: number, signed = false): string {
  const text = String(Number(Math.abs(value).toFixed(4)));
  if (text === "0") return "0";
  return `${value < 0 ? "−" : signed ? "+" : ""}${text}`;
}

/** What the vertical axis shows, above it, and what the signs mean, above that; Plot's own legend is HTML. */
export function heading(plot: PlotLibrary, label: string, legend: readonly LegendEntry[] = []): readonly Markish[] {
  const edge = {
    frameAnchor: "top-left",
    textAnchor: "start",
    lineAnchor: "middle",
    text: (one: string) => one,
  } as const;
  return [
    plot.text([label], { ...edge, dx: 4 - FRAME.marginLeft, dy: -14 }),
    ...legend.flatMap(({ text, sign, fill }, at) => {
      const dx = legend.slice(0, at).reduce((sum, { width }) => sum + width, 10 - FRAME.marginLeft);
      const name = plot.text([text], {
        ...edge,
        dx: sign === undefined ? dx - 6 : dx + 9,
        dy: -34,
        fill: fill ?? "currentColor",
      });
      return sign === undefined
        ? [name]
        : [plot.dot([text], { frameAnchor: "top-left", dx, dy: -34, r: 4.5, strokeWidth: 1.5, ...sign }), name];
    }),
  ];
}

/** `width` in pixels, to where the next one begins. */
export type LegendEntry = {
  readonly text: string;
  readonly width: number;
  readonly sign?: Sign;
  readonly fill?: string;
};

type Sign = { readonly symbol: "circle" | "diamond" | "triangle"; readonly fill: string; readonly stroke: string };
