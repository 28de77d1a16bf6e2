import type { ScenarioStatistics } from "../domain/scenario-statistics.ts";
import { visibleText } from "./figure-text.ts";
import { renderTable } from "./terminal-table.ts";

const SHOWN = 10;

/** What a scenario set holds, for a terminal. */
export async function renderScenarioStatistics(statistics: ScenarioStatistics): Promise<string> {
  const { coverage, documentsByCount, duplicates, lengths, overlap } = statistics;
  const { min, median, max } = coverage.perDocument;
  const number = (value: number) => value.toLocaleString("en-US", { maximumFractionDigits: 1 });
  return [
    `${number(coverage.covered)} of ${number(coverage.documents)} documents have scenarios; ${number(coverage.noise)} are noise, ` +
      `${number(coverage.failed)} failed; ${number(coverage.foreign)} rows name other documents.`,
    ...(coverage.dropped === undefined
      ? []
      : [`${number(coverage.dropped)} rows of documents with scenarios failed or are blank.`]),
    `${number(coverage.scenarios)} scenarios; per document: min ${min}, median ${median}, max ${max}.`,
    `Documents by number of scenarios: ${Object.entries(documentsByCount)
      .map(([count, documents]) => `${count}: ${number(documents)}`)
      .join(", ")}.`,
    `Duplicates: ${number(duplicates.sameDocument)} within a document, ${number(duplicates.any)} in all.`,
    await renderTable(
      ["characters", "min", "median", "mean", "max"],
      Object.entries(lengths).map(([name, spread]) => [
        name,
        ...[spread.min, spread.median, spread.mean, spread.max].map(number),
      ]),
      { align: ["left", "right", "right", "right", "right"] },
    ),
    ...overlapLines(overlap),
  ].join("\n");
}

function overlapLines(overlap: ScenarioStatistics["overlap"]): readonly string[] {
  const { pairs, inScenarios, inDocument, inOtherScenarios, run, shortestQuery, queries, repeated } = overlap;
  const percent = (share: number | null) => (share === null ? "-" : `${(share * 100).toFixed(1)} %`);
  const lines = [
    `Words of the test queries, over ${pairs} judged pairs: ${percent(inScenarios)} are in the relevant document's scenarios, ` +
      `${percent(inDocument)} in the document itself, ${percent(inOtherScenarios)} in another document's scenarios.`,
    `Wording of ${repeated.length} of ${queries} queries (${run} words in a row, or a whole query of ${shortestQuery} to ` +
      `${run - 1}) stands in a scenario and not in its document.`,
  ];
  const shown = repeated
    .slice(0, SHOWN)
    .map(({ query, document, words }) => visibleText(`  ${query} in ${document}: "${words}"`));
  const more = repeated.length > SHOWN ? [`  and ${repeated.length - SHOWN} more; \`--format json\` has all.`] : [];
  return [...lines, ...shown, ...more];
}
