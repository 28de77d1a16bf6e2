import { wordsOf } from "../analysis/words.ts";
import type { Dataset } from "../domain/dataset.ts";
import type { QueryOverlap } from "../domain/scenario-statistics.ts";
import { composeView } from "../domain/view.ts";
import type { OrderedEntries } from "./order-entries.ts";
import type { ScenarioEntry } from "./scenario-entry.ts";

const RUN = 8;
const SHORTEST_QUERY = 5;

type Judged = Pick<Dataset, "docIds" | "corpus" | "queries" | "qrels">;

/** Compares scenarios with the test queries, in one pass over the corpus. */
export async function measureOverlap(
  dataset: Judged,
  { entries }: Pick<OrderedEntries, "entries">,
): Promise<QueryOverlap> {
  const pairs = judgedPairs(dataset, entries);
  const relevant = new Set(pairs.map(({ row }) => row));
  const words = new Map<number, DocumentWords>();
  const runs = queryRuns(dataset);
  let row = 0;
  for await (const view of dataset.corpus.views()) {
    const scenarios = (entries.get(row) ?? []).map((entry) => wordsOf(textOf(entry)));
    if (scenarios.length > 0) {
      const own = wordsOf(composeView(view));
      if (relevant.has(row)) words.set(row, { own: new Set(own), scenarios: new Set(scenarios.flat()) });
      runs.look(dataset.docIds[row] ?? view.id, own, scenarios);
    }
    row += 1;
  }
  return { ...meanShares(pairs, words), ...runs.found(), run: RUN, shortestQuery: SHORTEST_QUERY };
}

type DocumentWords = { readonly own: ReadonlySet<string>; readonly scenarios: ReadonlySet<string> };

function meanShares(pairs: readonly Pair[], words: ReadonlyMap<number, DocumentWords>) {
  const { length } = pairs;
  const half = Math.max(1, Math.floor(length / 2));
  const mean = (share: (pair: Pair, other: Pair) => number) =>
    length === 0
      ? null
      : pairs.reduce((sum, pair, at) => sum + share(pair, pairs[(at + half) % length] ?? pair), 0) / length;
  return {
    pairs: length,
    inScenarios: mean((pair) => shareIn(pair.words, words.get(pair.row)?.scenarios)),
    inDocument: mean((pair) => shareIn(pair.words, words.get(pair.row)?.own)),
    inOtherScenarios: mean((pair, other) => shareIn(pair.words, words.get(other.row)?.scenarios)),
  };
}

type Pair = { readonly words: ReadonlySet<string>; readonly row: number };

/** Queries with words, each beside a relevant document that has scenarios, in the order of the queries and the corpus. */
function judgedPairs({ docIds, queries, qrels }: Judged, entries: OrderedEntries["entries"]): readonly Pair[] {
  const rows = new Map<string, number>(docIds.map((id, row) => [id, row]));
  return queries.flatMap(({ id, text }) => {
    const words = new Set(wordsOf(text));
    if (words.size === 0) return [];
    return Array.from(qrels.get(id) ?? [], ([docId, grade]) => (grade >= 1 ? rows.get(docId) : undefined))
      .filter((row) => row !== undefined)
      .filter((row) => entries.get(row)?.some(({ state }) => state !== "failed"))
      .sort((a, b) => a - b)
      .map((row) => ({ words, row }));
  });
}

/** Looks for runs of the queries' words in scenarios; of a query the first one found is told. */
function queryRuns({ queries }: Judged) {
  const byText = new Map<string, string>();
  const repeated = new Map<string, QueryOverlap["repeated"][number]>();
  let long = 0;
  for (const { id, text } of queries) {
    const words = wordsOf(text);
    if (words.length < SHORTEST_QUERY) continue;
    long += 1;
    for (const run of windows(words, Math.min(RUN, words.length))) if (!byText.has(run)) byText.set(run, id);
  }
  return {
    look(document: string, own: readonly string[], scenarios: readonly (readonly string[])[]): void {
      const hits = scenarios.flatMap(runsOf).filter((run) => byText.has(run));
      if (hits.length === 0) return;
      const known = new Set(runsOf(own));
      for (const words of hits.filter((run) => !known.has(run))) {
        const query = byText.get(words) ?? "";
        if (!repeated.has(query)) repeated.set(query, { query, document, words });
      }
    },
    found: () => ({ queries: long, repeated: [...repeated.values()] }),
  };
}

/** Every run that could be a query's, of any length that counts. */
function runsOf(words: readonly string[]): readonly string[] {
  return Array.from({ length: RUN - SHORTEST_QUERY + 1 }, (_, index) => windows(words, SHORTEST_QUERY + index)).flat();
}

function windows(words: readonly string[], length: number): readonly string[] {
  return Array.from({ length: Math.max(0, words.length - length + 1) }, (_, at) =>
    words.slice(at, at + length).join(" "),
  );
}

function shareIn(words: ReadonlySet<string>, text: ReadonlySet<string> | undefined): number {
  return [...words].filter((word) => text?.has(word)).length / words.size;
}

function textOf(entry: ScenarioEntry): string {
  switch (entry.state) {
    case "failed":
      return "";
    case "text":
      return entry.text;
    case "parts":
      return `${entry.parts.informationNeed}\n${entry.parts.explanation}`;
  }
}
