import type { RowRange } from "../../domain/view-layout.ts";
import { mergeHits } from "../../engine/merge-hits.ts";
import type { Answer, Hits, SearchQuestions } from "../../engine/types.ts";
import type { Search } from "../../retrieve/types.ts";
import type { DatasetMaterial } from "../materials.ts";
import type { GroupPass } from "../run/score-group.ts";
import { answerOf, listsOfQuery, readRankings } from "./found-rankings.ts";
import { BATCH_QUERIES } from "./search-part.ts";

/** What one task has found: in some documents, for some queries. */
export type FoundPart = {
  readonly documents: RowRange;
  readonly asked: RowRange;
  /** By pass. */
  readonly truncated: readonly Search["truncated"][];
  path(place: { readonly pass: number; readonly batch: number }): string;
};

type Merge = {
  readonly pass: GroupPass;
  readonly questions: SearchQuestions;
  readonly material: Pick<DatasetMaterial, "ties">;
};

/**
 * Answers of a whole corpus, out of what tasks have found in its parts; a batch of queries is in memory at a time.
 *
 * @param parts all documents for all queries, each pair of them once
 */
export function mergeParts(parts: readonly FoundPart[], merge: Merge): Search {
  return { encoded: 0, truncated: sumTruncated(parts, merge.pass.number), answers: mergedAnswers(parts, merge) };
}

async function* mergedAnswers(parts: readonly FoundPart[], merge: Merge): AsyncGenerator<Answer> {
  const spans = new Map(parts.map(({ asked }) => [asked.first, asked]));
  for (const { first, end } of [...spans.values()].sort((a, b) => a.first - b.first)) {
    const own = parts.filter(({ asked }) => asked.first === first);
    for (let at = first; at < end; at += BATCH_QUERIES) {
      yield* mergeBatch(own, { at, batch: (at - first) / BATCH_QUERIES }, merge);
    }
  }
}

type Batch = { readonly at: number; readonly batch: number };

/** @param parts for the same queries, of which the batch begins with query `at` */
async function* mergeBatch(
  parts: readonly FoundPart[],
  { at, batch }: Batch,
  { pass, questions, material }: Merge,
): AsyncGenerator<Answer> {
  const perQuery = listsOfQuery(questions);
  const found: (readonly (readonly Hits[])[])[] = [];
  for (const part of parts) found.push(await readRankings(part.path({ pass: pass.number, batch }), perQuery));
  const ties = { document: material.ties, scenario: pass.layout?.scenarioTies ?? new Int32Array() };
  for (const offset of found[0]?.keys() ?? []) {
    const query = at + offset;
    const lists = kindsOf(questions, query).map(({ channel, k }, list) =>
      mergeHits(
        parts.flatMap(({ documents: { first } }, position) => {
          const own = found[position]?.[offset]?.[list];
          const bases = { document: first, scenario: pass.layout?.offsets[first] ?? 0 };
          return own === undefined ? [] : [wholeRows(own, channel, bases)];
        }),
        { k, ties: ties[channel] },
      ),
    );
    yield answerOf(lists, query, questions);
  }
}

/** Hits of a part with the rows of the whole. */
function wholeRows(hits: Hits, channel: "document" | "scenario", bases: { document: number; scenario: number }): Hits {
  return {
    ...hits,
    rows: hits.rows.map((row) => row + bases[channel]),
    // -1 is none
    scenarioRows: hits.scenarioRows.map((row) => (row < 0 ? row : row + bases.scenario)),
  };
}

type Kind = { readonly channel: "document" | "scenario"; readonly k: number };

/** What the rankings of a query are of, and how long they may be, in their order. */
function kindsOf({ sweeps = [], cuts = [] }: SearchQuestions, query: number): readonly Kind[] {
  return [
    ...sweeps.flatMap(({ weights, k }) => weights.map((): Kind => ({ channel: "document", k }))),
    ...cuts.flatMap(({ depths }): readonly Kind[] => [
      { channel: "document", k: depths[query]?.document ?? 0 },
      { channel: "scenario", k: depths[query]?.scenario ?? 0 },
    ]),
  ];
}

/** Texts of documents are counted by the parts of the first queries, those of queries by the parts of the first documents. */
function sumTruncated(parts: readonly FoundPart[], pass: number): Search["truncated"] {
  const sum = (isCounted: (part: FoundPart) => boolean, what: keyof Search["truncated"]) =>
    parts.filter(isCounted).reduce((total, { truncated }) => total + (truncated[pass]?.[what] ?? 0), 0);
  const ofFirstQueries = ({ asked }: FoundPart) => asked.first === 0;
  return {
    documents: sum(ofFirstQueries, "documents"),
    scenarios: sum(ofFirstQueries, "scenarios"),
    queries: sum(({ documents }) => documents.first === 0, "queries"),
  };
}
