import { z } from "zod";
import type { Query, QueryPart, QueryText } from "../domain/query.ts";

/** What a query becomes with texts that a model wrote for it, at least one. */
export type Recipe = (query: Query, texts: readonly string[]) => Pick<QueryText, "text" | "parts">;

/** How often a query stands before each of its texts where words are searched, as an option. */
function queryRepeats(repeats: number) {
  return z
    .int()
    .min(0)
    .max(100)
    .default(repeats)
    .describe("How often the query stands before each text, where words are searched (BM25).");
}

type WeightDefaults = { readonly queryWeight: number | "equal"; readonly queryRepeats: number };

/** Options of `weighVectors`. */
export function weightOptions(defaults: WeightDefaults) {
  return {
    queryWeight: z
      .union([z.number().min(0).max(1), z.literal("equal")])
      .default(defaults.queryWeight)
      .describe("Weight of the query's own vector, the texts share the rest; `equal`: that of one text more."),
    queryRepeats: queryRepeats(defaults.queryRepeats),
  };
}

type WeightRule = WeightDefaults & { readonly role: QueryPart["role"] };

/**
 * The vector of the query and those of the texts, weighted: `w * q + (1 - w) / n * sum of the n texts`. What weighs nothing is
 * left out, and need not be encoded.
 *
 * @param role what an encoder takes the texts for
 */
export function weighVectors({ queryWeight, queryRepeats: repeats, role }: WeightRule): Recipe {
  return (query, texts) => {
    const own = queryWeight === "equal" ? 1 / (texts.length + 1) : queryWeight;
    const parts: readonly QueryPart[] = [
      { text: query.text, weight: own, role: "query" },
      ...texts.map((text) => ({ text, weight: (1 - own) / texts.length, role })),
    ];
    return { text: wordsOf(query, texts, repeats), parts: parts.filter(({ weight }) => weight > 0) };
  };
}

type JoinDefaults = { readonly separator: string; readonly queryRepeats: number };

/** Options of `joinTexts`. */
export function joinOptions(defaults: JoinDefaults) {
  return {
    separator: z.string().default(defaults.separator).describe("Stands between query and text before an encoder."),
    queryRepeats: queryRepeats(defaults.queryRepeats),
  };
}

/** One text of query and expansion, read by the encoder as a query; the vectors of several are averaged. */
export function joinTexts({ separator, queryRepeats: repeats }: JoinDefaults): Recipe {
  return (query, texts) => ({
    text: wordsOf(query, texts, repeats),
    parts: texts.map((text) => ({
      text: `${query.text}${separator}${text}`,
      weight: 1 / texts.length,
      role: "query",
    })),
  });
}

/**
 * What is searched by words. As BM25 sums over the words of a query, a text after the other ranks as the mean of the scores
 * that each would have with the query before it.
 */
function wordsOf(query: Query, texts: readonly string[], repeats: number): string {
  return texts.flatMap((text) => [...Array.from({ length: repeats }, () => query.text), text]).join(" ");
}
