import type { GenerationEstimate, GenerationForecast } from "../domain/generation.ts";
import { renderTable } from "./terminal-table.ts";

/** What generating is expected to take, in a sentence. */
export function estimateLine(estimate: GenerationEstimate): string {
  const { documents, kept, toAsk, truncated, promptTokens, completionTokens, answerLength } = estimate;
  const tokens = `about ${count(promptTokens)} prompt and ${count(completionTokens)} completion tokens (answers ${answerLength})`;
  return [
    `${count(toAsk)} requests for ${count(documents)} documents, ${count(kept)} of them done`,
    ...(toAsk === 0 ? [] : [tokens, `${money(estimate.usd)}`, duration(estimate.seconds)]),
    ...(truncated === 0 ? [] : [`${count(truncated)} documents cut to the token limit`]),
  ]
    .join("; ")
    .concat(".");
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
