import { micromark } from "micromark";
import { gfm, gfmHtml } from "micromark-extension-gfm";
import { describe, expect, it } from "vitest";
import { oneLine } from "../../harness/report/figure-text.ts";
import { markdownProse, markdownText } from "../../harness/report/markdown-text.ts";
import { fc } from "../seeded-fast-check.ts";

/** HTML as GitHub's dialect gives it; raw HTML is let through, so that what gets through is seen. */
const html = (markdown: string) =>
  micromark(markdown, { allowDangerousHtml: true, extensions: [gfm()], htmlExtensions: [gfmHtml()] });

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"' };

/** What a reader sees of HTML without elements. */
const decoded = (text: string) =>
  text.replaceAll("<!-- -->", "").replace(/&(\w+);/g, (entity, name: string) => ENTITIES[name] ?? entity);

/** Texts full of what means something to Markdown, HTML or GitHub. */
const hostile = fc.string({
  unit: fc.constantFrom(
    ...[
      "<script>",
      "</td>",
      "<!--",
      "-->",
      "&lt;",
      "&",
      "\\",
      "`",
      "``",
      "*",
      "_",
      "~~",
      "|",
      "[x](javascript:alert(1))",
    ],
    ...[
      "![",
      "]",
      "(",
      ")",
      "#",
      ">",
      "+",
      "-",
      "=",
      "1.",
      "2)",
      "$",
      "$$",
      ":",
      "//",
      "https://evil.example/x",
      "www.evil.example",
    ],
    ...[
      "a@evil.example",
      "mailto:",
      "xmpp:a@b.example",
      "\n",
      "\r",
      "\t",
      "\u001b[31m",
      "\u202e",
      " ",
      "a",
      "B",
      "7",
      "é",
      "日",
      "^",
      "[^1]",
    ],
  ),
  maxLength: 12,
});

describe("markdownText", () => {
  it("is, in the cell of a table, the text and nothing else", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const [, cell = "no cell"] =
          /<td>(.*?)<\/td>\n<td>end<\/td>/s.exec(html(`| a | b |\n| - | - |\n| ${markdownText(text)} | end |`)) ?? [];
        expect(decoded(cell).trim()).toBe(oneLine(text));
        expect(cell.replaceAll("<!-- -->", "")).not.toContain("<");
      }),
      { numRuns: 1_000 },
    );
  });

  it.each([
    "https://evil.example/a_b",
    "HTTP://EVIL.example",
    "www.evil.example",
    "WWW.evil.example",
    "name@evil.example",
    "mailto:name@evil.example",
    "[text](javascript:alert(1))",
    "![image](https://evil.example/pixel.png)",
    "<https://evil.example>",
  ])("makes no link of %s", (text) => {
    expect(html(markdownText(text))).not.toMatch(/<(a|img)\b/);
    expect(html(text)).toMatch(/<(a|img)\b/);
  });
});

describe("markdownProse", () => {
  it("is, in a list, the text with its code and nothing else", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        fc.pre(oneLine(text) !== "");
        const [, item = "no item"] =
          /^<ul>\n<li>(.*)<\/li>\n<\/ul>\n?$/s.exec(html(`- ${markdownProse(text)}\n`)) ?? [];
        const plain = item.replace(/<\/?code>/g, "").replaceAll("<!-- -->", "");
        expect(plain).not.toContain("<");
        const spelled = oneLine(text);
        // a code span takes a space inside each of its ends for padding
        expect(decoded(plain).replaceAll(/[\s`]/g, "")).toBe(spelled.replaceAll(/[\s`]/g, ""));
      }),
      { numRuns: 1_000 },
    );
  });

  it("stays a paragraph below another line", () => {
    for (const text of ["===", "---", "# a", "> a", "1. a", "+ a"]) {
      expect(html(`before<br>\n${markdownProse(text)}`)).toMatch(/^<p>before<br>\n[^<]*<\/p>$/);
    }
  });
});
