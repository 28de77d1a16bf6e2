import type {
  CompletionEstimate,
  ExpansionEstimate,
  ExpansionForecast,
  GenerationEstimate,
  GenerationForecast,
} from "../domain/generation.ts";
import { plural } from "./figure-text.ts";
import { renderTable } from "./terminal-table.ts";

/** What generating is expected to take, in a sentence. */
export function estimateLine(estimate: GenerationEstimate): string {
  const { documents, kept, toAsk, truncated } = estimate;
  return [
    `${count(toAsk)} requests for ${count(documents)} documents, ${count(kept)} of them done`,
    ...costParts(estimate),
    ...(truncated === 0 ? [] : [`${count(truncated)} documents cut to the token limit`]),
  ]
    .join("; ")
    .concat(".");
}

/** The same of expanding queries. */
export function expansionLine(estimate: ExpansionEstimate): string {
  const { queries, samples, kept, toAsk } = estimate;
  const texts = `${count(queries)} queries, ${plural(samples, "text")} each, ${count(kept)} of ${count(queries * samples)} done`;
  return [`${count(toAsk)} requests for ${texts}`, ...costParts(estimate)].join("; ").concat(".");
}

function costParts({ toAsk, promptTokens, completionTokens, answerLength, usd, seconds }: CompletionEstimate) {
  if (toAsk === 0) return [];
  const answers = answerLength === "limit" ? "answers as long as they may be" : `answers ${answerLength}`;
  const tokens = `about ${count(promptTokens)} prompt and ${count(completionTokens)} completion tokens (${answers})`;
  return [tokens, money(usd), duration(seconds)];
}

/** Scenario sets that have yet to be generated, for a terminal. */
export async function renderGenerations(generations: readonly GenerationForecast[]): Promise<string> {
  return await renderTable(
    ["dataset", "scenarios", "model", "documents", "requests", "prompt tokens", "completion tokens", "USD"],
    generations.map(({ dataset, scenarios, model, documents, toAsk, promptTokens, completionTokens, usd }) => [
      ...[dataset, scenarios, model],
      ...[documents, toAsk, promptTokens, completionTokens].map(count),
      usd === undefined ? "-" : usd.toFixed(2),
    ]),
    { align: ["left", "left", "left", "right", "right", "right", "right", "right"] },
  );
}

/** Query sets that have yet to be expanded, for a terminal; several with a sum. */
export async function renderExpansions(expansions: readonly ExpansionForecast[]): Promise<string> {
  const rows = expansions.map((one) => [
    ...[one.dataset, one.expansion, one.model, count(one.queries), count(one.samples), count(one.toAsk)],
    ...[one.promptTokens === undefined ? "-" : count(one.promptTokens), completionText([one])],
    one.usd === undefined ? "-" : one.usd.toFixed(2),
  ]);
  const requests = expansions.reduce((sum, { toAsk }) => sum + toAsk, 0);
  const sum = ["all", "", "", "", "", count(requests), "", completionText(expansions), ""];
  return await renderTable(
    ["dataset", "queries", "model", "number", "texts each", "requests", "prompt tokens", "completion tokens", "USD"],
    rows.length > 1 ? [...rows, sum] : rows,
    { align: ["left", "left", "left", "right", "right", "right", "right", "right", "right"] },
  );
}

/** An upper bound where no answer was measured. */
function completionText(expansions: readonly ExpansionForecast[]): string {
  const tokens = expansions.reduce((sum, { completionTokens }) => sum + completionTokens, 0);
  const bound = expansions.some(({ answerLength }) => answerLength === "limit") ? "≤ " : "";
  return `${bound}${count(tokens)}`;
}

function count(value: number): string {
  return value.toLocaleString("en-US");
}

function money(usd: number | undefined): string {
  return usd === undefined ? "cost unknown without prices" : `about ${usd.toFixed(4)} USD`;
}

function duration(seconds: number | undefined): string {
  return seconds === undefined
    ? "time unknown without the servers' tokens per second"
    : `about ${count(Math.ceil(seconds / 60))} min`;
}
