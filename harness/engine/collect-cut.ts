import { type CandidatePools, createPools, offerCandidate } from "./candidate-pools.ts";
import { excludedRows } from "./excluded-rows.ts";
import { finishPools } from "./pool-keys.ts";
import type { RankedLists } from "./ranked-lists.ts";
import { type RowScan, scanRow } from "./scan-row.ts";
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
  let document = 0;
  let view = 0;

  function offerTo(pools: CandidatePools): RowScan {
    return {
      floors: pools.floors,
      visit({ scores, width, firstQuery }, column) {
        if (isExcluded(firstQuery + column, document)) return;
        candidate.own = scores[view * width + column] ?? 0;
        if (Number.isFinite(candidate.own)) offerCandidate(pools, firstQuery + column, candidate);
        else throw scoreNotFinite(pools === documents ? "documents" : "scenarios", candidate.row);
      },
    };
  }
  const scans = { documents: offerTo(documents), scenarios: offerTo(scenarios) };

  function scanScenarios(block: ScoredBlock): void {
    const end = offsets?.[document + 1] ?? 0;
    for (let row = offsets?.[document] ?? 0; row < end; row++) {
      if (cut.usable?.[row] === 0) continue;
      candidate.row = row;
      view = block.documents + row - block.firstScenario;
      scanRow(block, view, scans.scenarios);
    }
  }

  return {
    take(block) {
      for (let at = 0; at < block.documents; at++) {
        document = block.firstDocument + at;
        candidate.row = document;
        view = at;
        scanRow(block, at, scans.documents);
        scanScenarios(block);
      }
    },
    finish: () => ({ documents: finishPools(documents), scenarios: finishPools(scenarios) }),
  };
}

function ownScores(depths: Int32Array, ties: Int32Array): CandidatePools {
  const weights = [{ document: 1, scenario: 0 }];
  return createPools({ depths, weights, missing: "document-only", ties, leastFloor: -Infinity });
}
