import { createPools, offerCandidate } from "./candidate-pools.ts";
import { excludedRows } from "./excluded-rows.ts";
import { finishPools } from "./pool-keys.ts";
import type { CandidatePools } from "./pool-types.ts";
import type { RankedLists } from "./ranked-lists.ts";
import { type RowScan, scanRows, setFloors } from "./scan-rows.ts";
import { scoreNotFinite } from "./score-error.ts";
import type { Collector, ScoredBlock, SearchPass } from "./search-pass.ts";
import type { Cut } from "./types.ts";

type CutLists = { readonly documents: RankedLists; readonly scenarios: RankedLists };

/** How deep a cut's lists can be, by query. */
export function cutDepths({ depths }: Cut, pass: Pick<SearchPass, "documents" | "scenarios">) {
  return {
    documents: Int32Array.from(depths, ({ document }) => Math.min(document, pass.documents.ties.length)),
    scenarios: Int32Array.from(depths, ({ scenario }) => Math.min(scenario, pass.scenarios?.ties.length ?? 0)),
  };
}

/** Keeps the best documents and the best scenarios by their own scores. */
export function collectCut(cut: Cut, pass: SearchPass): Collector<CutLists> {
  const depths = cutDepths(cut, pass);
  const documents = ownScores(depths.documents, pass.documents.ties);
  const scenarios = ownScores(depths.scenarios, pass.scenarios?.ties ?? new Int32Array(0));
  const isExcluded = cut.excluded === "leave" ? excludedRows(pass.excluded) : () => false;
  const offsets = pass.scenarios?.offsets;
  const candidate = { row: 0, own: 0, folded: 0, scenarioRow: -1 };
  /** The document whose scenarios are scanned. */
  let owner = 0;

  function offer(
    pools: CandidatePools,
    { scores, width, firstQuery }: ScoredBlock,
    view: number,
    column: number,
  ): void {
    candidate.own = scores[view * width + column] ?? 0;
    if (Number.isFinite(candidate.own)) offerCandidate(pools, firstQuery + column, candidate);
    else throw scoreNotFinite(pools === documents ? "documents" : "scenarios", candidate.row);
  }
  const scanDocuments: RowScan = {
    floors: documents.floors,
    visit(block, view, column) {
      candidate.row = block.firstDocument + view;
      if (!isExcluded(block.firstQuery + column, candidate.row)) offer(documents, block, view, column);
    },
  };
  const scanScenarios: RowScan = {
    floors: scenarios.floors,
    visit(block, view, column) {
      candidate.row = block.firstScenario + view - block.documents;
      if (cut.usable?.[candidate.row] === 0 || isExcluded(block.firstQuery + column, owner)) return;
      offer(scenarios, block, view, column);
    },
  };

  return {
    take(block) {
      setFloors(block, documents.floors);
      scanRows(block, { first: 0, count: block.documents }, scanDocuments);
      setFloors(block, scenarios.floors);
      for (let at = 0; at < block.documents; at++) {
        owner = block.firstDocument + at;
        const first = offsets?.[owner] ?? 0;
        const count = (offsets?.[owner + 1] ?? 0) - first;
        scanRows(block, { first: block.documents + first - block.firstScenario, count }, scanScenarios);
      }
    },
    finish: () => ({ documents: finishPools(documents), scenarios: finishPools(scenarios) }),
  };
}

function ownScores(depths: Int32Array, ties: Int32Array): CandidatePools {
  const weights = [{ document: 1, scenario: 0 }];
  return createPools({ depths, weights, missing: "document-only", ties, leastFloor: -Infinity });
}
