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
  return `${countText(count)} ${noun}${count === 1 ? "" : "s"}`;
}

/** A word with a capital, for the beginning of a sentence. */
export function capital(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1);
}

/** Text on one line: control characters and line ends, which could break a table or steer a terminal, become a space. */
export function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]+/gu, " ").trim();
}

function signed(digits: string): string {
  const text = withoutNegativeZero(digits);
  return /^-|^0\.0*$/.test(text) ? text : `+${text}`;
}

function withoutNegativeZero(digits: string): string {
  return /^-0\.0*$/.test(digits) ? digits.slice(1) : digits;
}
