import type { PlotOptions } from "@observablehq/plot";
import { FONT, FONT_SIZE, INK } from "./chart-style.ts";
import type { PlotLibrary } from "./plot-library.ts";

/** What a chart is made of. */
export type ChartOptions = PlotOptions;

/** Makes the options of a chart into an SVG file's text. */
export type Charts = {
  readonly plot: PlotLibrary;
  /**
   * @param label says in words what the chart shows, for who cannot see it
   * @returns one `svg` element with a final line end; the same options give the same bytes
   */
  draw(options: ChartOptions, label: string): string;
};

const SVG = "http://www.w3.org/2000/svg";

/**
 * Observable Plot on a document without a browser.
 *
 * Source: https://observablehq.com/plot/features/plots, option `document`.
 */
export async function openCharts(): Promise<Charts> {
  const [plot, { DOMParser }] = await Promise.all([import("@observablehq/plot"), import("linkedom")]);
  // a document of XML: one of HTML leaves `&` and `<` as they are in attributes, and the file is no SVG any more
  const parsed = new DOMParser().parseFromString(`<svg xmlns="${SVG}"></svg>`, "image/svg+xml");
  return {
    plot,
    draw(options, label) {
      const svg = plot.plot({ ...options, document: parsed });
      // Plot's own style sheet is refused by a strict Content-Security-Policy, and what it says stands in attributes
      for (const style of [...svg.querySelectorAll("style")]) style.remove();
      for (const part of [...svg.querySelectorAll("[aria-label], [aria-description], [aria-hidden]")]) {
        for (const name of ["aria-label", "aria-description", "aria-hidden"]) part.removeAttribute(name);
      }
      for (const part of [...svg.querySelectorAll("*")]) shortenNumbers(part);
      svg.removeAttribute("class");
      // refused like the style sheet; all it sets is the size
      svg.removeAttribute("style");
      svg.setAttribute("font-size", String(FONT_SIZE));
      svg.setAttribute("role", "img");
      svg.setAttribute("aria-label", label);
      svg.setAttribute("font-family", FONT);
      svg.setAttribute("color", INK);
      svg.setAttribute("xmlns", SVG);
      return `${svg.toString()}\n`;
    },
  };
}

type Part = { getAttribute(name: string): string | null; setAttribute(name: string, value: string): void };

const PLACES = ["d", "transform", "x", "y", "x1", "x2", "y1", "y2", "width", "height"];

/** A hundredth of a pixel is seen by nobody, and the digits beyond it are most of a chart's bytes. */
function shortenNumbers(part: Part): void {
  for (const name of PLACES) {
    const value = part.getAttribute(name);
    if (value === null || !value.includes(".")) continue;
    part.setAttribute(
      name,
      value.replace(/-?\d+\.\d{3,}(?:e-?\d+)?/g, (number) => String(Number(Number(number).toFixed(2)))),
    );
  }
}
