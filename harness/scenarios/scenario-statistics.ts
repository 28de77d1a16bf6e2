import type { Dataset } from "../domain/dataset.ts";
import type { ScenarioStatistics, Spread } from "../domain/scenario-statistics.ts";
import { buildScenarioSet } from "./build-scenario-set.ts";
import { type EntrySource, entriesOf } from "./entry-source.ts";
import { orderEntries } from "./order-entries.ts";
import { measureOverlap } from "./query-overlap.ts";
import type { ScenarioEntry } from "./scenario-entry.ts";
import { textOptions } from "./scenario-text.ts";

/** Coverage, duplicates, lengths and overlap with the test queries. Holds all entries. */
export async function scenarioStatistics(
  dataset: Pick<Dataset, "docIds" | "corpus" | "queries" | "qrels">,
  source: EntrySource,
): Promise<ScenarioStatistics> {
  const ordered = await orderEntries(dataset, entriesOf(source));
  const { coverage } = await buildScenarioSet(dataset, source, { text: textOptions.parse({}) });
  const own = [...ordered.entries.values()].map((all) => all.filter((entry) => entry.state !== "failed"));
  return {
    coverage,
    documentsByCount: countBy(own.map(({ length }) => length).filter((length) => length > 0)),
    duplicates: countDuplicates(own),
    lengths: measureLengths(own.flat()),
    overlap: await measureOverlap(dataset, ordered),
  };
}

type Written = Exclude<ScenarioEntry, { state: "failed" }>;

function countBy(numbers: readonly number[]): Readonly<Record<string, number>> {
  const counts = new Map<number, number>();
  for (const number of numbers) counts.set(number, (counts.get(number) ?? 0) + 1);
  return Object.fromEntries([...counts].sort(([a], [b]) => a - b));
}

function countDuplicates(documents: readonly (readonly Written[])[]) {
  const all = new Set<string>();
  let sameDocument = 0;
  let any = 0;
  for (const entries of documents) {
    const own = new Set<string>();
    for (const entry of entries) {
      const text = entry.state === "text" ? entry.text : `${entry.parts.informationNeed}\n${entry.parts.explanation}`;
      sameDocument += own.has(text) ? 1 : 0;
      any += all.has(text) ? 1 : 0;
      own.add(text);
      all.add(text);
    }
  }
  return { sameDocument, any };
}

function measureLengths(entries: readonly Written[]): Readonly<Record<string, Spread>> {
  const texts = entries.flatMap((entry) => (entry.state === "text" ? [entry.text] : []));
  const parts = entries.flatMap((entry) => (entry.state === "parts" ? [entry.parts] : []));
  const measured = {
    text: texts,
    "main topic": parts.map(({ mainTopic }) => mainTopic),
    "key points": parts.map(({ keyPoints }) => keyPoints.join("\n")),
    "information need": parts.map(({ informationNeed }) => informationNeed),
    explanation: parts.map(({ explanation }) => explanation),
  };
  const kept = Object.entries(measured).filter(([, values]) => values.length > 0);
  return Object.fromEntries(kept.map(([name, values]) => [name, spreadOf(values.map(({ length }) => length))]));
}

/** The median of an even number lies between the two middle ones. */
function spreadOf(numbers: readonly number[]): Spread {
  const sorted = numbers.toSorted((a, b) => a - b);
  const { length } = sorted;
  const middle = [sorted[Math.floor((length - 1) / 2)] ?? 0, sorted[Math.floor(length / 2)] ?? 0] as const;
  return {
    min: sorted[0] ?? 0,
    median: (middle[0] + middle[1]) / 2,
    mean: sorted.reduce((sum, number) => sum + number, 0) / Math.max(1, length),
    max: sorted.at(-1) ?? 0,
  };
}
