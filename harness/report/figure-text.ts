/** Decimals of a value or a difference, in every report. */
const PLACES = 4;

/** A value in four decimals. */
export function valueText(value: number): string {
  return withoutNegativeZero(value.toFixed(PLACES));
}

/** A difference in four decimals with its sign; one that rounds to zero has none. */
export function differenceText(difference: number): string {
  return signed(difference.toFixed(PLACES));
}

/** A signed change in percent, one decimal: 0.05 is `+5.0 %`. */
export function changeText(fraction: number): string {
  return `${signed((100 * fraction).toFixed(1))} %`;
}

/** A share in percent, one decimal: 0.984 is `98.4 %`. */
export function shareText(part: number, whole: number): string {
  return whole === 0 ? "0.0 %" : `${((100 * part) / whole).toFixed(1)} %`;
}

/** A confidence: 0.95 is `95 %`. */
export function percentText(level: number): string {
  return `${Number((100 * level).toFixed(6))} %`;
}

/** A count with a comma between thousands. */
export function countText(count: number): string {
  return count.toLocaleString("en-US");
}

/** A count and its noun: `1 cell`, `2 cells`. */
export function plural(count: number, noun: string): string {
  return `${countText(count)} ${count === 1 ? noun : `${noun.replace(/([^aeiou])y$/, "$1ie")}s`}`;
}

/** A word with a capital, for the beginning of a sentence. */
export function capital(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1);
}

/**
 * Text as a reader can see it: control characters, which could steer a terminal, become spaces, and characters without a
 * shape of their own, such as marks that reverse the order of letters, are shown by number: `<U+202E>`. Those that join
 * letters stay.
 *
 * Source: Unicode UAX 9 and UTS 39; Boucher and Anderson, Trojan Source, USENIX Security 2023.
 */
export function visibleText(text: string): string {
  return text
    .replace(/[\p{Cc}\u2028\u2029]+/gu, " ")
    .replace(/(?![\u200C\u200D])(?=\p{Default_Ignorable_Code_Point})\p{Cf}/gu, (character) => {
      return `<U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}>`;
    });
}

/** `visibleText` without line ends and outer spaces, for a cell of a table or a line of a list. */
export function oneLine(text: string): string {
  return visibleText(text).trim();
}

function signed(digits: string): string {
  const text = withoutNegativeZero(digits);
  return /^-|^0\.0*$/.test(text) ? text : `+${text}`;
}

function withoutNegativeZero(digits: string): string {
  return /^-0\.0*$/.test(digits) ? digits.slice(1) : digits;
}
