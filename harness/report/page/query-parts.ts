import type { DocId } from "../../domain/ids.ts";
import { visibleText } from "../figure-text.ts";
import { type Axis, rowName } from "../row-groups.ts";
import type {
  Excerpts,
  PageSource,
  ShownAnswer,
  ShownHit,
  ShownQueries,
  ShownQuery,
  ShownRanking,
  ShownRow,
} from "./page-source.ts";
import type { QueryData, ViewAnswer, ViewDocument, ViewHit, ViewQuery, ViewRanking } from "./query-data.ts";
import { shownGold } from "./shown-documents.ts";

/** Queries of one dataset that are loaded together; `bytes` of JSON, nearly. */
export type QueryPart = { readonly label: string; readonly data: QueryData; readonly bytes: number };

/** JSON of a part before it is compressed: a larger one makes a telephone wait. */
const PART_BYTES = 24 << 20;

/** What of a source the query view is made of; texts may be cut shorter than the excerpts are. */
export type QueryDataSource = Pick<PageSource, "result" | "rows" | "querySets"> & {
  readonly excerpts: Excerpts;
  readonly varying: readonly Axis[];
};

/** The query view's data: a part for every query set of a dataset, more where one would be too large. */
export function queryParts({ result, rows, querySets, excerpts, varying }: QueryDataSource): readonly QueryPart[] {
  return querySets.flatMap((set) => {
    const own = rows.filter((row) => row.dataset === set.dataset && row.queries === set.querySet);
    const name = varying.includes("queries") ? `${set.dataset}, ${set.querySet}` : set.dataset;
    return partsOf(set, { rows: own, measures: result.measures, excerpts, varying }).map(
      ({ data, bytes, first, isWhole }) => ({
        label: isWhole ? name : `${name}, queries ${first} to ${first + data.queries.length - 1}`,
        bytes,
        data,
      }),
    );
  });
}

type PartContext = {
  readonly rows: readonly ShownRow[];
  readonly measures: readonly string[];
  readonly excerpts: Excerpts;
  readonly varying: readonly Axis[];
};

type Part = { readonly data: QueryData; readonly bytes: number; readonly first: number; readonly isWhole: boolean };

function partsOf({ dataset, queries }: ShownQueries, context: PartContext): readonly Part[] {
  if (context.rows.length === 0) return [];
  const parts: Part[] = [];
  for (let first = 0; first < queries.length; ) {
    const builder = openPart(dataset, context);
    let next = first;
    for (const query of queries.slice(first)) {
      if (next > first && builder.bytes() > PART_BYTES) break;
      builder.add(query);
      next++;
    }
    const isWhole = first === 0 && next === queries.length;
    parts.push({ data: builder.data, bytes: builder.bytes(), first: first + 1, isWhole });
    first = next;
  }
  return parts;
}

/** Items that others name by their place, each made when it is named first. */
function placedItems<Item>() {
  const items: Item[] = [];
  const places = new Map<string, number>();
  function at(key: string, make: () => Item): number {
    const known = places.get(key);
    if (known !== undefined) return known;
    places.set(key, items.length);
    return items.push(make()) - 1;
  }
  return { items, at };
}

type Gold = ReturnType<typeof shownGold>;

function openPart(dataset: string, { rows, measures, excerpts, varying }: PartContext) {
  const queries: ViewQuery[] = [];
  const documents = placedItems<ViewDocument>();
  const scenarios = placedItems<string | null>();
  let bytes = 0;

  function shown(text: string | undefined): string | null {
    bytes += text?.length ?? 0;
    return text === undefined ? null : visibleText(text);
  }

  function documentAt(id: DocId): number {
    return documents.at(id, () => [visibleText(id), shown(excerpts.document(dataset, id))]);
  }

  function hitOf({ docId, score, channels }: ShownHit, set: string): ViewHit {
    const known = [documentAt(docId), digits(score)] as const;
    if (channels === undefined) return known;
    const { document, scenario } = channels;
    if (scenario === null) return [...known, digits(document), null, -1];
    const at = scenarios.at(JSON.stringify([set, scenario.id]), () =>
      shown(excerpts.scenario({ dataset, set }, scenario.id)),
    );
    return [...known, digits(document), digits(scenario.score), at];
  }

  function rankingOf({ values, hits, goldRanks }: ShownRanking, gold: Gold, set: string): ViewRanking {
    return {
      values: measures.map((measure) => values[measure] ?? 0),
      hits: hits.map((hit) => hitOf(hit, set)),
      goldRanks: gold.map(([id]) => goldRanks.get(id) ?? 0),
    };
  }

  function answerOf(answer: ShownAnswer | undefined, gold: Gold, set: string): ViewAnswer | null {
    if (answer === undefined) return null;
    const { base, spike } = answer;
    return {
      base: rankingOf(base, gold, set),
      spike: spike === undefined ? null : rankingOf(spike, gold, set),
      alpha: spike?.alpha ?? null,
    };
  }

  function add({ id, text, gold }: ShownQuery): void {
    const listed = shownGold(gold);
    const query: ViewQuery = {
      id: visibleText(id),
      text: visibleText(text),
      words: text.split(/\s+/).filter((word) => word !== "").length,
      gold: listed.map(([doc, grade]) => [documentAt(doc), grade]),
      relevant: gold.size,
      answers: rows.map(({ answers, scenarios: set = "" }) => answerOf(answers.get(id), listed, set)),
    };
    queries.push(query);
    bytes += JSON.stringify(query).length;
  }

  const systems = rows.map((row) => ({
    name: visibleText(rowName(row, varying).replaceAll("`", "")),
    choice: row.choice ?? null,
  }));
  const data: QueryData = { measures, systems, queries, documents: documents.items, scenarios: scenarios.items };
  return { data, add, bytes: () => bytes };
}

function digits(score: number): number {
  return Number(score.toPrecision(6));
}
