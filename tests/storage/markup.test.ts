import { describe, expect, it } from "vitest";
import { readMarkup } from "../../harness/storage/markup.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const folder = temporaryFolder();

/** The events as one string: `(name ... )name`, texts in between; `!` where a close is implied. */
async function trace(text: string | Uint8Array, encoding?: string): Promise<string> {
  let out = "";
  for await (const events of readMarkup(await folder.write("markup", text), encoding)) {
    for (const event of events) {
      if (event.kind === "text") out += event.text;
      else if (event.kind === "open") out += `(${event.name} `;
      else out += `${event.isImplied ? "!" : ""})${event.name} `;
    }
  }
  return out.replaceAll("\n", "/");
}

describe("readMarkup", () => {
  it.each([
    { what: "tags in any case", text: "<DOC><DocNo>1</DOCNO></doc>", expected: "(doc (docno 1)docno )doc /" },
    {
      what: "a title that stays open",
      text: "<top><title>a\n<desc>b</top>",
      expected: "(top (title a/(desc b!)desc !)title )top /",
    },
    {
      what: "link and source with text",
      text: "<d><link>x</link><source>y</source></d>",
      expected: "(d (link x)link (source y)source )d /",
    },
    { what: "named and numeric entities", text: "caf&eacute; &amp;&lt;&#x41;", expected: "café &<A/" },
    { what: "a < and an & that begin nothing", text: "p <0.05 & x > 3 AT&T", expected: "p <0.05 & x > 3 AT&T/" },
    { what: "CDATA and comments", text: "<d><![CDATA[<a&b>]]><!-- no --></d>", expected: "(d <a&b>)d /" },
    { what: "empty elements", text: "<d><x/>y</d>", expected: "(d (x !)x y)d /" },
    { what: "what is open at the end", text: "<d><e>x", expected: "(d (e x/!)e !)d " },
  ])("reads $what", async ({ text, expected }) => {
    expect(await trace(text)).toBe(expected);
  });

  it("decodes another encoding, and refuses bytes that are not the one it is told", async () => {
    const bytes = Buffer.from("<d>na\u00efve</d>", "latin1");
    expect(await trace(bytes, "windows-1252")).toBe("(d naïve)d /");
    await expect(trace(bytes)).rejects.toMatchObject({ code: "DATA_INVALID" });
  });
});
