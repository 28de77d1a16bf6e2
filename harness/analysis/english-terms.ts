import { readFileSync } from "node:fs";
import { porterStem } from "./porter-stem.ts";
import { tokenize } from "./standard-tokenizer.ts";

/**
 * What the terms depend on, for cache keys: raise `version` when a change here or in the files it uses moves a term. The
 * words of scripts other than Latin are found by ICU, so its Unicode version counts.
 */
export const ENGLISH_ANALYSIS = { name: "lucene-english", version: 1, unicode: process.versions["unicode"] ?? "none" };

const STOP_WORDS: ReadonlySet<string> = new Set(
  readFileSync(new URL("english-stop-words.txt", import.meta.url), "utf8")
    .trim()
    .split("\n"),
);
const POSSESSIVE = /['\u2019\uff07][sS]$/;
const ASCII = /^[\0-\x7f]*$/;

/** The number of distinct tokens whose terms are remembered; English text of many gigabytes repeats fewer often. */
const REMEMBERED_TOKENS = 1 << 18;
const STOPPED = "";
const remembered = new Map<string, string>();

/**
 * Index terms of a text, in order and with repeats: tokens without possessive `'s`, in lower case, without the 33 stop
 * words, stemmed.
 *
 * Source: Lucene's EnglishAnalyzer, which Anserini's DefaultEnglishAnalyzer equals: StandardTokenizer,
 * EnglishPossessiveFilter, LowerCaseFilter, StopFilter, PorterStemFilter.
 */
export function analyzeEnglish(text: string): string[] {
  const terms: string[] = [];
  for (const token of tokenize(text)) {
    const term = remembered.get(token) ?? remember(token);
    if (term !== STOPPED) terms.push(term);
  }
  return terms;
}

function remember(token: string): string {
  if (remembered.size >= REMEMBERED_TOKENS) remembered.clear();
  // a slice would keep its whole text in memory for as long as the token is remembered
  const copy = Buffer.from(token, "utf16le").toString("utf16le");
  const term = termOf(copy);
  remembered.set(copy, term);
  return term;
}

function termOf(token: string): string {
  const word = lowerCase(token.replace(POSSESSIVE, ""));
  return STOP_WORDS.has(word) ? STOPPED : porterStem(word);
}

/** Code point by code point as Java's Character.toLowerCase: no final sigma, one code point for a dotted capital I. */
function lowerCase(word: string): string {
  if (ASCII.test(word)) return word.toLowerCase();
  return Array.from(word, (character) => (character === "\u0130" ? "i" : character.toLowerCase())).join("");
}
