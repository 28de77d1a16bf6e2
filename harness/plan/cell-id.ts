import type { CellAxes } from "../domain/cell-axes.ts";
import { DEFAULT_FUSION, ORIGINAL_QUERIES } from "./plan-types.ts";

/**
 * Name of a cell's system, e.g. `bm25` or `hashed-2048+rewrites+alpha=0.5`: the axes that are not at their default. What
 * the name is put together with is percent-encoded within its parts, so that two systems never share one.
 */
export function systemName({ retriever, queries, scenarios, fusion, alpha }: CellAxes): string {
  const part = (name: string) => name.replace(/[%+=]/g, encodeURIComponent);
  return [
    part(retriever),
    ...(queries === ORIGINAL_QUERIES ? [] : [`queries=${part(queries)}`]),
    ...(scenarios === null ? [] : [part(scenarios)]),
    ...(fusion === null || fusion === DEFAULT_FUSION ? [] : [`fusion=${part(fusion)}`]),
    ...(alpha === null ? [] : [`alpha=${alpha}`]),
  ].join("+");
}

/** Folder name of a cell: dataset and system, encoded, so that no name can leave the folder or share it. */
export function cellId(axes: CellAxes): string {
  return `${encodeName(axes.dataset.replaceAll("%", "%25"))}@${encodeName(systemName(axes))}`;
}

/** What a file system of any kind takes; `+`, `=` and a `%` that is there already stay readable. */
function encodeName(name: string): string {
  return name.replace(/[^\w.+=%-]|\.$/gu, (text) =>
    Array.from(Buffer.from(text), (byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`).join(""),
  );
}
