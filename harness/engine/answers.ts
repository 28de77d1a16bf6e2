import { cutDepths } from "./collect-cut.ts";
import { mergeLists, type RankedLists } from "./ranked-lists.ts";
import type { PassPart, SearchPass } from "./search-pass.ts";
import type { Answer, Hits, RankedRows } from "./types.ts";

/** What a pass answers its queries, out of what its threads found. @param first position of the pass's first query */
export function* answersOf(pass: SearchPass, parts: readonly PassPart[], first: number): Generator<Answer> {
  const { queries, documents, scenarios } = pass;
  const sweeps = pass.sweeps.map(({ sweep: { k, weights } }, index) => {
    const depths = new Int32Array(queries.count).fill(k);
    const perQuery = weights.length;
    const lists = parts.map(({ sweeps }) => sweeps[index]).filter((list) => list !== undefined);
    return { lists: mergeLists(lists, { depths, perQuery, ties: documents.ties }), perQuery };
  });
  const cuts = pass.cuts.map((cut, index) => {
    const depths = cutDepths(cut, pass);
    const lists = parts.map(({ cuts }) => cuts[index]).filter((list) => list !== undefined);
    const merge = (channel: "documents" | "scenarios", ties: Int32Array) =>
      mergeLists(
        lists.map((list) => list[channel]),
        { depths: depths[channel], perQuery: 1, ties },
      );
    return {
      documents: merge("documents", documents.ties),
      scenarios: merge("scenarios", scenarios?.ties ?? new Int32Array(0)),
    };
  });
  for (let query = 0; query < queries.count; query++) {
    yield {
      query: first + query,
      sweeps: sweeps.map(({ lists, perQuery }) =>
        Array.from({ length: perQuery }, (_, pair) => hitsOf(lists, query * perQuery + pair)),
      ),
      cuts: cuts.map(({ documents, scenarios }) => ({
        documents: rankedRows(documents, query),
        scenarios: rankedRows(scenarios, query),
      })),
      scores: scoresOf(pass, query),
    };
  }
}

function rankedRows(lists: RankedLists, list: number): RankedRows {
  const { rows, scores } = hitsOf(lists, list);
  return { rows, scores };
}

/** A list as views, which cost nothing. */
function hitsOf(lists: RankedLists, list: number): Hits {
  const start = lists.starts[list];
  const end = lists.ends[list];
  return {
    rows: lists.rows.subarray(start, end),
    scores: lists.scores.subarray(start, end),
    documentScores: lists.own.subarray(start, end),
    scenarioScores: lists.folded.subarray(start, end),
    scenarioRows: lists.scenarioRows.subarray(start, end),
  };
}

function scoresOf({ scores, documents, scenarios }: SearchPass, query: number): Answer["scores"] {
  if (scores === undefined) return undefined;
  const row = (all: Float32Array, count: number) => new Float64Array(all.subarray(query * count, (query + 1) * count));
  return {
    document: row(scores.document, documents.vectors.count),
    scenario: row(scores.scenario, scenarios?.vectors.count ?? 0),
  };
}
