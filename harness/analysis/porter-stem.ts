import { stemmer } from "stemmer";

/**
 * Stem of a lower-case word; words of one or two letters stay as they are.
 *
 * Source: Porter, Program 14(3), 1980. The package equals Lucene's PorterStemmer on the words of SciFact, where other
 * packages differ.
 */
export function porterStem(word: string): string {
  return stemmer(word);
}
