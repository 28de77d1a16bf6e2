import { createPools, offerCandidate, refreshPool } from "./candidate-pools.ts";
import { excludedRows } from "./excluded-rows.ts";
import { finishPools } from "./pool-keys.ts";
import type { CandidatePools } from "./pool-types.ts";
import type { RankedLists } from "./ranked-lists.ts";
import { scanRows, setFloors } from "./scan-rows.ts";
import { type ScenarioFold, scenarioFold } from "./scenario-fold.ts";
import { scoreNotFinite } from "./score-error.ts";
import type { Collector, ScoredBlock, SearchPass } from "./search-pass.ts";
import { sharedBars } from "./shared-bars.ts";

/**
 * Fuses both channels at every pair of weights and keeps the best documents.
 *
 * A document needs a closer look only when one of its views reaches the query's floor. Nearly all scores are done with
 * after that one comparison, whatever the number of weights.
 */
export function collectSweep({ sweep, bars }: SearchPass["sweeps"][number], pass: SearchPass): Collector<RankedLists> {
  const offsets = pass.scenarios?.offsets;
  const pools = createPools({
    ...sweep,
    depths: new Int32Array(pass.queries.count).fill(sweep.k),
    ties: pass.documents.ties,
    shared: sharedBars(bars),
    leastFloor: leastFloor(sweep),
  });
  const look = lookAt(pools, pass, scenarioFold(sweep, offsets));
  /** The document that a column of the tile has looked at last: several of its views may reach the floor. */
  const seen = new Int32Array(pass.queries.width);
  let document = 0;
  const scan = {
    floors: pools.floors,
    visit(block: ScoredBlock, view: number, column: number): void {
      if (seen[column] === document) return;
      const scenario = view - block.documents;
      if (scenario >= 0 && sweep.usable?.[block.firstScenario + scenario] === 0) return;
      seen[column] = document;
      look(block, document, column);
    },
  };

  function scanScenarios(block: ScoredBlock): void {
    const first = offsets?.[document] ?? 0;
    const count = (offsets?.[document + 1] ?? 0) - first;
    scanRows(block, { first: block.documents + first - block.firstScenario, count }, scan);
  }

  return {
    take(block) {
      for (let query = 0; query < block.queries; query++) refreshPool(pools, block.firstQuery + query);
      setFloors(block, pools.floors);
      seen.fill(-1);
      for (let view = 0; view < block.documents; view++) {
        document = block.firstDocument + view;
        scanRows(block, { first: view, count: 1 }, scan);
        scanScenarios(block);
      }
    },
    finish: () => finishPools(pools),
  };
}

/** Up to where a fused score may lie above every view's own: missing scenarios that count as 0 do so, and sums do always. */
function leastFloor({ missing, aggregate }: SearchPass["sweeps"][number]["sweep"]): number {
  if (aggregate === "sum") return Infinity;
  return missing === "zero" ? 0 : -Infinity;
}

/** Offers one document to one query. */
function lookAt(pools: CandidatePools, pass: SearchPass, fold: ScenarioFold) {
  const isExcluded = excludedRows(pass.excluded);
  const candidate = { row: 0, own: 0, folded: 0, scenarioRow: -1 };
  return (block: ScoredBlock, document: number, column: number): void => {
    const query = block.firstQuery + column;
    if (isExcluded(query, document)) return;
    const { row, score } = fold(block, document, column);
    if (row === -1 && pools.missing === "drop") return;
    candidate.row = document;
    candidate.own = block.scores[(document - block.firstDocument) * block.width + column] ?? 0;
    candidate.folded = row === -1 ? 0 : score;
    candidate.scenarioRow = row;
    if (!Number.isFinite(candidate.own + candidate.folded)) throw scoreNotFinite("documents", document);
    offerCandidate(pools, query, candidate);
  };
}
