import type { CellAxes } from "../domain/result.ts";
import { DEFAULT_FUSION, ORIGINAL_QUERIES } from "./plan-types.ts";

/** Name of a cell's system, e.g. `bm25` or `hashed-2048+rewrites+alpha=0.5`: the axes that are not at their default. */
export function systemName({ retriever, queries, scenarios, fusion, alpha }: CellAxes): string {
  return [
    retriever,
    queries === ORIGINAL_QUERIES ? undefined : `queries=${queries}`,
    scenarios,
    fusion === DEFAULT_FUSION ? undefined : fusion,
    alpha === null ? undefined : `alpha=${alpha}`,
  ]
    .filter((part) => part !== undefined && part !== null)
    .join("+");
}

/** Folder name of a cell: dataset and system, percent-encoded, so that no id can leave the folder or clash. */
export function cellId(axes: CellAxes): string {
  return `${encodeName(axes.dataset)}@${systemName(axes).split("+").map(encodeName).join("+")}`;
}

function encodeName(name: string): string {
  // what encodeURIComponent leaves alone and a file system may not like
  return encodeURIComponent(name)
    .replaceAll("%3D", "=")
    .replace(/[*'()!]|^\.+$/g, (text) =>
      Array.from(text, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`).join(""),
    );
}
