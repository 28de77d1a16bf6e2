/** Words inside an ASCII chunk: UAX #29's rules WB5 to WB13b cut down to the classes that ASCII has. */
const ASCII_WORDS = /[A-Za-z0-9_]+(?:(?:(?<=[A-Za-z])[:.'](?=[A-Za-z])|(?<=[0-9])[.,;'](?=[0-9]))[A-Za-z0-9_]+)*/g;
/** White space that always stands between words; U+00A0 and U+202F do not, so `\s` would not do. */
const SPACE = /[\t\n\v\f\r ]+/;
const ASCII = /^[\0-\x7f]*$/;
/** U+202F is of the class ExtendNumLet too, which joins words and makes none. */
const JOINERS_ONLY = /^[\p{Pc}\u202f][\p{Pc}\u202f\p{M}\p{Cf}]*$/u;
const EMOJI = /\p{Extended_Pictographic}|\p{Emoji_Modifier}|\p{RI}{2}|^[#*].*\u20e3/u;

const segmenter = new Intl.Segmenter("en", { granularity: "word" });

/**
 * Words of a text in order, as Unicode word segmentation cuts them: pieces with a letter or a digit, and emoji. Joiners
 * alone (`__`) and other punctuation are no words.
 *
 * ASCII gives the same words on every version of ICU; text in Chinese, Japanese or Thai depends on ICU's dictionaries.
 * Source: UAX #29 (https://unicode.org/reports/tr29/) by `Intl.Segmenter`, of which the ASCII path is an exact shortcut.
 */
export function segmentWords(text: string): string[] {
  const words: string[] = [];
  for (const chunk of text.split(SPACE)) {
    for (const word of ASCII.test(chunk) ? asciiWords(chunk) : unicodeWords(chunk)) words.push(word);
  }
  return words;
}

function asciiWords(chunk: string): readonly string[] {
  return chunk.match(ASCII_WORDS)?.filter((word) => !JOINERS_ONLY.test(word)) ?? [];
}

function unicodeWords(chunk: string): readonly string[] {
  return [...segmenter.segment(chunk)]
    .filter(({ segment, isWordLike }) => (isWordLike ? !JOINERS_ONLY.test(segment) : EMOJI.test(segment)))
    .map(({ segment }) => segment);
}
