import { Parser } from "htmlparser2";
import { beforeAll, describe, expect, it } from "vitest";
import { alphaChart } from "../../../harness/report/charts/alpha-chart.ts";
import { COLOURS, tickText, WIDTH } from "../../../harness/report/charts/chart-style.ts";
import { forestChart } from "../../../harness/report/charts/forest-chart.ts";
import { type Charts, openCharts } from "../../../harness/report/charts/plot-svg.ts";
import { recallChart } from "../../../harness/report/charts/recall-chart.ts";
import { waterfallChart } from "../../../harness/report/charts/waterfall-chart.ts";

type Part = { readonly name: string; readonly attributes: Readonly<Record<string, string>> };

/** Elements and texts of an SVG, which must be well-formed XML as far as a strict reader can tell. */
function read(svg: string): { readonly parts: readonly Part[]; readonly texts: readonly string[] } {
  const parts: Part[] = [];
  const texts: string[] = [];
  const open: string[] = [];
  const parser = new Parser(
    {
      onopentag(name, attributes) {
        open.push(name);
        parts.push({ name, attributes });
      },
      ontext: (text) => void (open.at(-1) === "text" && texts.push(text)),
      onclosetag: (name) => expect(open.pop()).toBe(name),
    },
    { xmlMode: true, decodeEntities: true },
  );
  parser.end(svg);
  expect(open).toEqual([]);
  return { parts, texts };
}

const CURVE = [0, 0.25, 0.5, 0.75, 1].map((alpha) => ({
  alpha,
  mean: 0.3,
  difference: 0.1 * alpha,
  interval: [0.1 * alpha - 0.02, 0.1 * alpha + 0.02] as const,
}));
const ALPHA = {
  measure: "nDCG@10",
  curve: CURVE,
  fixed: { alpha: 0.5, difference: 0.05 },
  oracle: { alpha: 1, difference: 0.1 },
  crossFitted: { alphas: [0.75, 0.25, 0.5], difference: 0.04 },
  domain: [-0.1, 0.3] as const,
};
const FOREST = { difference: 0.05, text: "+0.0500†", interval: [0.01, 0.09] as const };
const ROWS = [
  { ...FOREST, name: "bm25 · demo", isSignificant: true, isMean: false },
  { ...FOREST, name: "dense · demo", isSignificant: false, isMean: false },
  { ...FOREST, name: "dense · macro mean", isSignificant: true, isMean: true },
];

let charts: Charts;
beforeAll(async () => {
  charts = await openCharts();
});

const drawings = (): readonly (readonly [string, string])[] => [
  ["alpha", charts.draw(alphaChart(charts.plot, ALPHA), "label")],
  ["forest", charts.draw(forestChart(charts.plot, { measure: "AP", rows: ROWS }), "label")],
  [
    "waterfall",
    charts.draw(waterfallChart(charts.plot, { measure: "AP", differences: [0.5, -0.2, 0], reach: 1 }), "label"),
  ],
  [
    "recall",
    charts.draw(
      recallChart(charts.plot, { depths: [1, 10, 100], base: [0, 0.2, 0.4], spike: [0.1, 0.3, 0.5] }),
      "label",
    ),
  ],
];

describe("openCharts", () => {
  it("draws SVG that a strict Content-Security-Policy lets through, as one named image of readable width", () => {
    for (const [name, svg] of drawings()) {
      const { parts } = read(svg);
      expect(
        parts.filter((part) => part.name === "style" || "style" in part.attributes),
        name,
      ).toEqual([]);
      expect(parts.filter((part) => "aria-label" in part.attributes).map((part) => part.name)).toEqual(["svg"]);
      expect(parts[0]?.attributes).toMatchObject({ role: "img", "aria-label": "label", width: String(WIDTH) });
    }
  });

  it("gives the same bytes every time, other charts in between", () => {
    expect(drawings()).toEqual(drawings());
  });

  it("shows a hostile text as it is spelled, and has no element of it", () => {
    const hostile = `</text><script>alert("x")</script> & 'y' <b`;
    const rows = [{ ...FOREST, name: hostile, isSignificant: true, isMean: false }];
    const svg = charts.draw(forestChart(charts.plot, { measure: "<i>&", rows }), hostile);
    const { parts, texts } = read(svg);
    expect(parts.map(({ name }) => name)).not.toContain("script");
    expect(parts[0]?.attributes["aria-label"]).toBe(hostile);
    expect(texts.join("")).toContain("</text><script>al");
    expect(texts.join("")).toContain("<i>&, SPIKE minus base");
  });
});

/** Horizontal place of a value between 0 and 1 on the frame of most charts. */
const across = (share: number) => 52 + share * (WIDTH - 52 - 18);

describe("alphaChart", () => {
  it("puts every chosen alpha where it was chosen, in a shape of its own, with its name", () => {
    const { parts, texts } = read(drawings()[0]?.[1] ?? "");
    const circles = parts.filter(({ name }) => name === "circle").map(({ attributes }) => Number(attributes["cx"]));
    expect(circles).toContainEqual(across(0.5));
    const path = (stroke: string) =>
      parts.filter(({ attributes }) => attributes["stroke"] === stroke && attributes["transform"] === undefined);
    expect(path(COLOURS.oracle).length).toBeGreaterThan(0);
    expect(texts).toEqual(
      expect.arrayContaining(["fixed 0.5", "cross-fitted", "oracle 1", "nDCG@10, difference to the base"]),
    );
    expect(texts).toContain("alpha, weight of the document score");
  });

  it("draws the cross-fitted value from the least to the largest alpha of the folds", () => {
    const { parts } = read(drawings()[0]?.[1] ?? "");
    const ends = parts.map(({ attributes }) => attributes["d"] ?? "").filter((d) => d.startsWith(`M${across(0.25)},`));
    expect(ends.some((d) => d.includes(`L${across(0.75)},`))).toBe(true);
  });

  it("leaves out what was not chosen", () => {
    const only = { ...ALPHA, fixed: undefined, oracle: undefined, crossFitted: undefined };
    const { texts } = read(charts.draw(alphaChart(charts.plot, only), "label"));
    expect(texts.filter((text) => /fixed|fitted|oracle/.test(text))).toEqual([]);
  });
});

describe("forestChart", () => {
  it("fills the sign of a significant row only, and gives a mean another one", () => {
    const { parts, texts } = read(drawings()[1]?.[1] ?? "");
    const fills = parts.filter(({ name }) => name === "circle").map(({ attributes }) => attributes["fill"]);
    expect(fills).toEqual([COLOURS.spike, "#ffffff"]);
    expect(texts).toEqual(
      expect.arrayContaining(["bm25 · demo", "dense · macro mean", "+0.0500†", "AP, SPIKE minus base"]),
    );
  });
});

describe("waterfallChart", () => {
  it("orders the differences itself, gains and losses apart", () => {
    const draw = (differences: readonly number[]) =>
      charts.draw(waterfallChart(charts.plot, { measure: "AP", differences, reach: 1 }), "label");
    expect(draw([-0.2, 0, 0.5])).toBe(draw([0.5, -0.2, 0]));
    const fills = new Set(read(draw([0.5, -0.2, 0])).parts.map(({ attributes }) => attributes["fill"]));
    expect([COLOURS.gain, COLOURS.loss].every((colour) => fills.has(colour))).toBe(true);
  });
});

describe("recallChart", () => {
  it("has a tick at every power of ten, and no second line without scenarios", () => {
    expect(read(drawings()[3]?.[1] ?? "").texts).toEqual(
      expect.arrayContaining(["1", "10", "100", "── SPIKE", "- - base"]),
    );
    const alone = charts.draw(recallChart(charts.plot, { depths: [1, 10], base: [0, 1], spike: undefined }), "label");
    expect(read(alone).texts.join()).not.toContain("SPIKE");
  });
});

describe("tickText", () => {
  it.each([
    [0, true, "0"],
    [0.05, true, "+0.05"],
    [-0.1, true, "−0.1"],
    [0.30000000000000004, false, "0.3"],
    [-1e-17, true, "0"],
  ])("writes %d (signed: %s) as %s", (value, signed, text) => expect(tickText(value, signed)).toBe(text));
});
