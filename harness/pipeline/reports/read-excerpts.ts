import { docId, queryId } from "../../domain/ids.ts";
import type { Qrels } from "../../domain/qrels.ts";
import type { Excerpts, ShownQueries } from "../../report/page/page-source.ts";
import { type ExcerptsHead, readExcerptLines, readExcerptsHead } from "./excerpt-lines.ts";

/** What the file of excerpts holds. */
export type StoredExcerpts = {
  readonly head: ExcerptsHead;
  readonly querySets: readonly ShownQueries[];
  readonly texts: Excerpts;
};

/**
 * The excerpts of a result; undefined where there are none of this very result.
 *
 * @throws {HarnessError} `DATA_INVALID` for a file that is broken
 */
export async function readExcerpts(path: string, result: string): Promise<StoredExcerpts | undefined> {
  if ((await readExcerptsHead(path))?.result !== result) return undefined;
  let head: ExcerptsHead | undefined;
  const querySets = new Map<
    string,
    { dataset: string; querySet: string; queries: ShownQueries["queries"][number][] }
  >();
  const documents = new Map<string, string>();
  const scenarios = new Map<string, string>();
  for await (const line of readExcerptLines(path)) {
    if (line.kind === "excerpts") head = line;
    if (line.kind === "document") documents.set(keyOf(line.dataset, line.id), line.text);
    if (line.kind === "scenario") scenarios.set(keyOf(line.dataset, line.set, line.id), line.text);
    if (line.kind === "query") {
      const { dataset, querySet, id, text, gold } = line;
      const known = querySets.get(keyOf(dataset, querySet)) ?? { dataset, querySet, queries: [] };
      querySets.set(keyOf(dataset, querySet), known);
      known.queries.push({ id: queryId(id), text, gold: new Map(gold.map(([doc, grade]) => [docId(doc), grade])) });
    }
  }
  if (head === undefined) return undefined;
  return {
    head,
    querySets: [...querySets.values()],
    texts: {
      cut: head.cut,
      document: (dataset, id) => documents.get(keyOf(dataset, id)),
      scenario: ({ dataset, set }, id) => scenarios.get(keyOf(dataset, set, id)),
    },
  };
}

/** Those of several results as one; of what two of them have, the first counts. */
export function mergeExcerpts(stored: readonly StoredExcerpts[]): StoredExcerpts | undefined {
  const [first] = stored;
  if (first === undefined || stored.length === 1) return first;
  const sets = stored.flatMap(({ querySets }) => querySets);
  const firstOf = <Found>(find: (texts: Excerpts) => Found | undefined) =>
    stored.map(({ texts }) => find(texts)).find((found) => found !== undefined);
  return {
    head: first.head,
    querySets: [...new Map(sets.toReversed().map((set) => [keyOf(set.dataset, set.querySet), set])).values()].reverse(),
    texts: {
      cut: first.texts.cut,
      document: (dataset, id) => firstOf((texts) => texts.document(dataset, id)),
      scenario: (place, id) => firstOf((texts) => texts.scenario(place, id)),
    },
  };
}

/** Judgements by dataset. */
export function goldOf(querySets: readonly ShownQueries[]): ReadonlyMap<string, Qrels> {
  return new Map(
    querySets.map(({ dataset, queries }) => [dataset, new Map(queries.map(({ id, gold }) => [id, gold]))]),
  );
}

function keyOf(...parts: readonly string[]): string {
  return JSON.stringify(parts);
}
