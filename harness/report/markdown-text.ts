import { oneLine } from "./figure-text.ts";

/** A sentence of a list or paragraph: names in backticks stay code, the rest is escaped. */
export function markdownProse(text: string): string {
  return oneLine(text)
    .split(/(`[^`]+`)/)
    .map((part, place) => (place % 2 === 1 ? part : escapeMarkup(part)))
    .join("")
    .replace(/^(?=[#>+=-])|^(\d+)(?=[.)])/, "$1\\");
}

/** A name that has to read as it is spelled, in a table too, whatever Markdown makes of its characters. */
export function markdownText(text: string): string {
  return escapeMarkup(oneLine(text));
}

/**
 * Markup, formulas, links that GitHub makes of bare addresses: all of it is text. A backslash is enough for most; mail
 * addresses are looked for after backslashes are gone, so a comment stands before their `@`.
 *
 * Source: GitHub Flavored Markdown 0.29, 6.9 (autolinks); cmark-gfm, extensions/autolink.c.
 */
function escapeMarkup(text: string): string {
  return text
    .replace(/[\\`*[\]~|$]/g, "\\$&")
    .replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, "\\_")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replace(/:(?=\/\/)|(?<=\b(?:mailto|xmpp)):/gi, "\\:")
    .replace(/(?<=www)\./gi, "\\.")
    .replace(/(?<=[\w.+-])@(?=[\w-]+\.[\w-])/g, "<!-- -->@");
}
