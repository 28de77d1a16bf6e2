import type { EncodingWork } from "../domain/encoding-work.ts";
import { countText, plural } from "./figure-text.ts";

/** A line for every retriever that encoded something, or asked a server for it. */
export function encodingLines(work: readonly EncodingWork[]): readonly string[] {
  return work
    .filter(({ texts, served }) => texts > 0 || (served?.requests ?? 0) > 0)
    .map(({ retriever, texts, tokens, seconds, served }) => {
      const encoded = `${plural(texts, "text")} encoded, about ${plural(tokens, "token")}, in ${seconds.toFixed(1)} s`;
      return `${retriever}: ${encoded}${served === null ? "" : `; ${servedText(served)}`}.`;
    });
}

function servedText({ requests, tokens, unmetered, usd }: NonNullable<EncodingWork["served"]>): string {
  const uncounted = unmetered === 0 ? "" : ` (${plural(unmetered, "answer")} without a count)`;
  return `${plural(requests, "request")}, ${countText(tokens)} tokens counted by the server${uncounted}, ${usdText(usd)}`;
}

/** `USD 1.2345`; small sums keep a digit, and what is not known is `USD n/a`. */
export function usdText(usd: number | null): string {
  if (usd === null) return "USD n/a";
  const smallest = 0.0001;
  return usd > 0 && usd < smallest ? `USD < ${smallest}` : `USD ${usd.toFixed(4)}`;
}
