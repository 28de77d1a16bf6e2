import { scoreNotFinite } from "./score-error.ts";
import type { Collector, ScoredBlock, SearchPass } from "./search-pass.ts";

/** Writes every score where it belongs: all threads into the same arrays, each its own rows. */
export function collectScores(
  out: NonNullable<SearchPass["scores"]>,
  { documents, scenarios }: Pick<SearchPass, "documents" | "scenarios">,
): Collector<void> {
  const channels = [
    { what: "documents", out: out.document, total: documents.vectors.count },
    { what: "scenarios", out: out.scenario, total: scenarios?.vectors.count ?? 0 },
  ] as const;
  return {
    take(block) {
      const [documents, scenarios] = channels;
      place(block, documents, { view: 0, first: block.firstDocument, count: block.documents });
      place(block, scenarios, { view: block.documents, first: block.firstScenario, count: block.scenarios });
    },
    finish: () => undefined,
  };
}

type Channel = { readonly what: "documents" | "scenarios"; readonly out: Float32Array; readonly total: number };
type Rows = { readonly view: number; readonly first: number; readonly count: number };

/** Turns `count` rows of scores by column, from `view` on, into runs of score rows by query. */
function place(block: ScoredBlock, { what, out, total }: Channel, { view, first, count }: Rows): void {
  const { scores, width, queries, firstQuery } = block;
  for (let column = 0; column < queries; column++) {
    const to = (firstQuery + column) * total + first;
    for (let row = 0; row < count; row++) {
      const score = scores[(view + row) * width + column] ?? 0;
      if (!Number.isFinite(score)) throw scoreNotFinite(what, first + row);
      out[to + row] = score;
    }
  }
}
