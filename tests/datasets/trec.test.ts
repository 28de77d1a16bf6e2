import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { describeWithData } from "../real-data.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { bodiesOf, judgementCount, loadFolder, writeFiles } from "./load-folder.ts";

const temporary = temporaryFolder();
let folders = 0;

const DOCUMENTS = `<DOC>
<DOCNO> FT911-3 </DOCNO>
<HEADLINE>
FT  14 MAY 91 / A  head&shy;line
</HEADLINE>
<DATE>910514</DATE>
<TEXT><P>caf&eacute; &amp; p <0.05</P><P>next</P></TEXT>
</DOC>
<DOC><DOCNO>b c</DOCNO>plain text</DOC>
`;
const SGML = `<top>
<num> Number: 301
<title> International Organized Crime

<desc> Description:
Identify organizations.

<narr> Narrative:
A relevant document.
</top>

<top>
<num> Number: 302
<title> Poliomyelitis   and
 Post-Polio
<desc> Description:
Is the disease under control?
</top>
`;
const FORMAT = { kind: "trec", documents: "docs/*", queries: "topics", qrels: "qrels" };

async function load(files: Record<string, string | Uint8Array> = {}, options: object = {}) {
  const folder = await writeFiles(temporary.path(`set-${folders++}`), {
    "docs/a.sgml": DOCUMENTS,
    topics: SGML,
    qrels: "301 0 FT911-3 1\n302 0 FT911-3 0\n",
    ...files,
  });
  return await loadFolder(folder, { ...FORMAT, ...options });
}

describe("a TREC collection", () => {
  it("makes title and text of its tags, decodes entities and parts words at tags", async () => {
    const dataset = await load();
    expect(dataset.docIds).toEqual(["FT911-3", "b c"]);
    expect(await bodiesOf(dataset)).toEqual([
      { title: "FT 14 MAY 91 / A head\u00adline", text: expect.stringMatching(/^910514\s+café & p <0\.05\s+next$/) },
      { title: "", text: "plain text" },
    ]);
  });

  it("takes only the tags that count as text, and leaves out what is to be skipped", async () => {
    const only = await bodiesOf(await load({}, { tags: { text: ["TEXT"], title: [] } }));
    expect(only[0]).toEqual({ title: "", text: expect.stringMatching(/^café & p <0\.05\s+next$/) });
    const skipped = await bodiesOf(await load({}, { tags: { skip: ["date", "headline"] } }));
    expect(skipped[0]?.title).toBe("");
    expect(skipped[0]?.text).toMatch(/^café/);
  });

  it("reads gzip, other encodings and several files", async () => {
    const latin = Buffer.from("<DOC><DOCNO>z</DOCNO>na\u00efve</DOC>", "latin1");
    const dataset = await load(
      { "docs/b.gz": gzipSync(latin), "docs/a.sgml": Buffer.from(DOCUMENTS) },
      { encoding: "windows-1252" },
    );
    expect(dataset.docIds).toEqual(["FT911-3", "b c", "z"]);
    expect((await bodiesOf(dataset))[2]?.text).toBe("naïve");
  });

  it("counts the words that a `<` in running text makes a tag's", async () => {
    const text = "<DOC><DOCNO>z</DOCNO>if a <b then c> e, <p class=x>and</p> 1 <2</DOC>";
    const dataset = await load({ "docs/b.xml": text });
    expect(dataset.notes).toEqual([expect.stringMatching(/^1 tags hold words/)]);
  });

  it("counts text outside its documents", async () => {
    const dataset = await load({ "docs/b.xml": "<?xml version='1.0'?><docs>lost<DOC><DOCNO>z</DOCNO>x</DOC></docs>" });
    expect(dataset.notes).toEqual(["4 characters stand outside any document and were left out."]);
  });

  it.each([
    { why: "a document without an id", text: "<DOC>x</DOC>" },
    { why: "a document inside another", text: "<DOC><DOCNO>a</DOCNO>x\n<DOC><DOCNO>b</DOCNO>y</DOC></DOC>" },
    { why: "a document without an end", text: "<DOC><DOCNO>a</DOCNO>x\n" },
    { why: "bytes of another encoding", text: Buffer.from("<DOC><DOCNO>a</DOCNO>\u00ef</DOC>", "latin1") },
  ])("refuses $why", async ({ text }) => {
    await expect(load({ "docs/b.sgml": text })).rejects.toMatchObject({
      code: "DATA_INVALID",
      where: expect.stringMatching(/b\.sgml:1/),
    });
  });

  it("refuses an encoding that nobody knows, and files that are not there", async () => {
    await expect(load({}, { encoding: "klingon" })).rejects.toMatchObject({ code: "SPEC_INVALID" });
    await expect(load({}, { documents: ["none/*"] })).rejects.toMatchObject({ code: "FILE_MISSING" });
  });
});

describe("topics", () => {
  const texts = async (topics: string, options: object = {}) =>
    (await load({ topics }, options)).queries.map(({ id, text }) => ({ id, text }));

  it("are SGML whose tags stay open", async () => {
    expect(await texts(SGML)).toEqual([
      { id: "301", text: "International Organized Crime" },
      { id: "302", text: "Poliomyelitis and Post-Polio" },
    ]);
    expect((await texts(SGML, { queryParts: ["desc", "title"] }))[0]?.text).toBe(
      "Identify organizations. International Organized Crime",
    );
  });

  it("are XML with the number in an attribute or in a tag", async () => {
    const xml =
      '<?xml version="1.0"?><topics><topic number="301"><query>masks &amp; more</query><question>Do they?</question></topic>' +
      "<topic><num>302</num><query>polio</query></topic></topics>";
    expect(await texts(xml, { queryParts: ["query"] })).toEqual([
      { id: "301", text: "masks & more" },
      { id: "302", text: "polio" },
    ]);
  });

  it("are lines of id and text", async () => {
    expect(await texts("301\tone <two>\r\n\r\n302\t three\tfour\r\n")).toEqual([
      { id: "301", text: "one <two>" },
      { id: "302", text: "three\tfour" },
    ]);
  });

  it.each([
    { why: "a topic without a number", topics: "<top><title>x</title></top>" },
    { why: "a topic without the part", topics: "<top><num>301</num><desc>x</desc></top>" },
    { why: "a line without a tab", topics: "301 one\n" },
    { why: "an empty query", topics: "301\t\n" },
  ])("are refused for $why", async ({ topics }) => {
    await expect(load({ topics })).rejects.toMatchObject({ code: "DATA_INVALID" });
  });

  it("are refused for a number twice", async () => {
    await expect(load({ topics: "301\ta\n301\tb\n" })).rejects.toMatchObject({ code: "DUPLICATE_ID" });
  });
});

describeWithData("Vaswani", "classic/vaswani", (folder) => {
  it("has its published counts", async () => {
    const dataset = await loadFolder(folder, {
      kind: "trec",
      documents: "corpus/*.trec",
      queries: "query-text.trec",
      qrels: "qrels",
    });
    expect([dataset.docIds.length, dataset.queries.length, judgementCount(dataset)]).toEqual([11_429, 93, 2083]);
    expect(dataset.queries[0]?.text).toBe(
      "MEASUREMENT OF DIELECTRIC CONSTANT OF LIQUIDS BY THE USE OF MICROWAVE TECHNIQUES",
    );
    const [first] = await bodiesOf(dataset);
    expect(first?.text).toMatch(
      /^compact memories have flexible capacities {2}a digital data storage\nsystem .* is described$|^compact memories/s,
    );
    expect(dataset.notes).toEqual([]);
  });
});
