import { segmentWords } from "./word-segments.ts";

/** Lucene's default; a longer word goes on in a token of its own. */
const MAX_TOKEN_LENGTH = 255;
/** Scripts that ICU cuts by a dictionary and Lucene a character at a time. */
const EAST_ASIAN = /[\p{Script=Han}\p{Script=Hiragana}]/u;
const EAST_ASIAN_TOKENS = /[\p{Script=Han}\p{Script=Hiragana}]\p{M}*|[^\p{Script=Han}\p{Script=Hiragana}]+/gu;
const HIGH_SURROGATE = /[\ud800-\udbff]$/;

/**
 * Tokens of a text in order, case kept, at most 255 UTF-16 units each.
 *
 * Deviations, both outside English: Katakana and Thai (Lao, Khmer, Burmese) words are cut by ICU's dictionaries, where
 * Lucene keeps a run of them whole.
 * Source: Lucene's StandardTokenizer (StandardTokenizerImpl.jflex).
 */
export function tokenize(text: string): string[] {
  return segmentWords(text).flatMap(luceneTokens);
}

function luceneTokens(word: string): string | readonly string[] {
  if (word.length > MAX_TOKEN_LENGTH) return cutLongWord(word);
  return EAST_ASIAN.test(word) ? (word.match(EAST_ASIAN_TOKENS) ?? []) : word;
}

/** Lucene's scanner sees 255 units at a time, takes the longest word they begin with and scans on behind it. */
function cutLongWord(word: string): readonly string[] {
  const tokens: string[] = [];
  let rest = word;
  while (rest !== "") {
    const window = rest.slice(0, MAX_TOKEN_LENGTH).replace(HIGH_SURROGATE, "");
    const [first] = segmentWords(window).flatMap((part) => luceneTokens(part));
    if (first === undefined) return tokens;
    tokens.push(first);
    rest = rest.slice(window.indexOf(first) + first.length);
  }
  return tokens;
}
