/** A text's beginning on one line, an ellipsis where it goes on; never half a character. */
export function cutText(text: string, length: number): string {
  const line = text.replace(/\s+/g, " ").trim();
  return cutLine(line, length);
}

/** The same of a text that is on one line already. */
export function cutLine(line: string, length: number): string {
  if (line.length <= length) return line;
  const isHalf = /[\uD800-\uDBFF]/.test(line.charAt(length - 1));
  return `${line.slice(0, isHalf ? length - 1 : length).trimEnd()}…`;
}
