import { Parser } from "htmlparser2";
import { describe, expect, it } from "vitest";
import { visibleText } from "../../../harness/report/figure-text.ts";
import { html, lines, prose } from "../../../harness/report/page/html.ts";
import { fc } from "../../seeded-fast-check.ts";

/** Elements with their attributes, and all text, as a browser's parser sees them. */
function read(markup: string) {
  const elements: { name: string; attributes: Record<string, string> }[] = [];
  let text = "";
  const parser = new Parser({
    onopentag: (name, attributes) => void elements.push({ name, attributes }),
    ontext(part) {
      text += part;
    },
  });
  parser.end(markup);
  return { elements, text };
}

describe("html", () => {
  it("shows any text as it is spelled, in an element and in an attribute, and lets none become markup", () => {
    const hostile = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom(
        `<script>alert(1)</script>`,
        `" onclick="x`,
        `javascript:alert(1)`,
        "\u202Egnp\u202C",
        "</title>",
        "&lt;",
        "\0\u001b[31m",
      ),
    );
    fc.assert(
      fc.property(hostile, (text) => {
        const { elements, text: shown } = read(html`<p title="${text}">${text}</p>`.html);
        expect(elements).toEqual([{ name: "p", attributes: { title: visibleText(text) } }]);
        expect(shown).toBe(visibleText(text));
      }),
    );
  });

  it("names what cannot be seen and takes control characters away", () => {
    expect(html`${"a\u202Eb\u0007c\u0000"}`.html).toBe("a&lt;U+202E&gt;b c ");
  });

  it("keeps markup that is markup, puts lists together and leaves out what is undefined", () => {
    expect(html`<ul>${["a&b", 1].map((one) => html`<li>${one}</li>`)}${undefined}</ul>`.html).toBe(
      "<ul><li>a&amp;b</li><li>1</li></ul>",
    );
  });
});

describe("lines", () => {
  it("keeps line ends of every kind, and escapes the rest", () => {
    expect(lines("a: <b>\r\nc: \u202E\n").html).toBe("a: &lt;b&gt;\nc: &lt;U+202E&gt;\n");
  });
});

describe("prose", () => {
  it("shows names in backticks as code, escaped", () => {
    expect(prose("on `<b>` & `c`").html).toBe("on <code>&lt;b&gt;</code> &amp; <code>c</code>");
  });
});
