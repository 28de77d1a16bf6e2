import { createHash } from "node:crypto";
import { type Html, html } from "./html.ts";

export type PageParts = {
  readonly title: string;
  readonly style: string;
  /** Absent where the page has nothing to run. */
  readonly script: string | undefined;
  readonly body: Html;
};

/**
 * A page that asks nothing of anybody and runs nothing but its own script, whatever its texts hold.
 *
 * Source: https://www.w3.org/TR/CSP3/ and https://www.w3.org/TR/trusted-types/.
 */
export function pageFrame({ title, style, script, body }: PageParts): string {
  const policy = [
    "default-src 'none'",
    `style-src '${digestOf(style)}'`,
    ...(script === undefined ? [] : [`script-src '${digestOf(script)}'`]),
    "base-uri 'none'",
    "form-action 'none'",
    // text that reaches the document as markup is an error, not a hole
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join("; ");
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${{ html: policy }}">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${{ html: style }}</style>
</head>
<body>
${body}
${script === undefined ? undefined : html`<script type="module">${{ html: script }}</script>`}
</body>
</html>
`.html;
}

function digestOf(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}
