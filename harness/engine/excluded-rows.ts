import type { SearchPass } from "./search-pass.ts";

/** Says whether a query may not be given a document, by binary search in the query's own list. */
export function excludedRows({ starts, rows }: SearchPass["excluded"]): (query: number, document: number) => boolean {
  return (query, document) => {
    let low = starts[query] ?? 0;
    const end = starts[query + 1] ?? 0;
    let high = end;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((rows[middle] ?? 0) < document) low = middle + 1;
      else high = middle;
    }
    return low < end && rows[low] === document;
  };
}
