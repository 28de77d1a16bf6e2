import { visibleText } from "../figure-text.ts";

/** Markup; a text becomes one by being escaped, and in no other way. */
export type Html = { readonly html: string };

type HtmlValue = string | number | Html | undefined | readonly HtmlValue[];

/**
 * Markup with values in it. A text is shown as it is spelled, whatever it holds: its special characters are escaped, those
 * that cannot be seen are named, so that it cannot end an element or an attribute in double quotes. Lists are put together;
 * undefined is nothing.
 */
export function html(parts: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  return { html: parts.map((part, at) => part + markupOf(values[at])).join("") };
}

/** A text whose line ends stay, for a `pre` element. */
export function lines(text: string): Html {
  return { html: text.split(/\r?\n/).map(escapeText).join("\n") };
}

/** A sentence in which names stand in backticks. */
export function prose(text: string): Html {
  const parts = text.split(/`([^`]+)`/);
  return {
    html: parts.map((part, at) => (at % 2 === 1 ? `<code>${escapeText(part)}</code>` : escapeText(part))).join(""),
  };
}

function markupOf(value: HtmlValue): string {
  if (value === undefined) return "";
  if (typeof value === "object") return "html" in value ? value.html : value.map(markupOf).join("");
  return escapeText(String(value));
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escapeText(text: string): string {
  return visibleText(text).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
