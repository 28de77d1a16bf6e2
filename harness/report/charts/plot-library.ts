/** Observable Plot's marks and transforms, which is all that a chart needs of it. */
export type PlotLibrary = typeof import("@observablehq/plot");
