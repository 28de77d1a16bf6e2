import { z } from "zod";
import { analyzeEnglish } from "../../harness/analysis/english-terms.ts";
import { composeView, type ViewCollection } from "../../harness/domain/view.ts";
import { defineRetriever, type SearchAnswer, type SearchTask } from "../../harness/retrieve/types.ts";

export const overlap = defineRetriever({
  kind: "overlap",
  summary: "Counts the query's distinct terms that a text holds.",
  source: "the example of docs/extending.md",
  options: z.strictObject({ power: z.number().positive().default(1).describe("The count is raised to it.") }),
  create: ({ power }) => ({
    zeroMeansNoMatch: true,
    open: async () => ({
      identity: { kind: "overlap", version: 1, power }, // what changes a score, for the cells' keys
      ranks: false, // it gives whole score rows; fusion and ranking are done with them elsewhere
      divisible: false,
      estimate: async ({ corpus, scenarioSets, querySets }) => ({
        texts: [corpus, ...scenarioSets, ...querySets.map((queries) => ({ count: queries.length }))].reduce(
          (sum, { count }) => sum + count,
          0,
        ),
        ...{ cached: 0, toEncode: 0, tokens: 0, vectors: 0, memoryBytes: 0, diskBytes: 0 }, // only encoders have these
      }),
      search: async (task) => ({
        encoded: 0,
        truncated: { documents: 0, scenarios: 0, queries: 0 },
        answers: answersOf(task, power),
      }),
    }),
  }),
});

async function* answersOf({ documents, scenarios, queries }: SearchTask, power: number): AsyncGenerator<SearchAnswer> {
  const bodies = await termsOf(documents);
  const needs = scenarios === undefined ? [] : await termsOf(scenarios.views);
  for (const [query, { text }] of queries.entries()) {
    const asked = [...new Set(analyzeEnglish(text))];
    const score = (terms: ReadonlySet<string>) => asked.filter((term) => terms.has(term)).length ** power;
    const document = Float64Array.from(bodies, score);
    const matched = Int32Array.from(document.keys()).filter((row) => document[row] !== 0);
    yield { query, sweeps: [], cuts: [], scores: { document, scenario: Float64Array.from(needs, score) }, matched };
  }
}

async function termsOf(views: ViewCollection): Promise<readonly ReadonlySet<string>[]> {
  const terms: ReadonlySet<string>[] = [];
  for await (const view of views.views()) terms.push(new Set(analyzeEnglish(composeView(view))));
  return terms;
}
