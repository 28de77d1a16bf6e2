import { createHash } from "node:crypto";
import { Parser } from "htmlparser2";
import { describe, expect, it } from "vitest";
import { cutText } from "../../../harness/report/page/cut-text.ts";
import { renderPage } from "../../../harness/report/page/render-page.ts";
import { testedExperiment } from "../tested-experiment.ts";
import { dataOf, HOSTILE, pageSource } from "./page-fixture.ts";

type Element = { readonly name: string; readonly attributes: Readonly<Record<string, string>>; text: string };

function elementsOf(page: string): readonly Element[] {
  const elements: Element[] = [];
  const open: Element[] = [];
  const parser = new Parser({
    onopentag(name, attributes) {
      const element = { name, attributes, text: "" };
      elements.push(element);
      open.push(element);
    },
    ontext(text) {
      for (const element of open) element.text += text;
    },
    onclosetag: () => void open.pop(),
  });
  parser.end(page);
  return elements;
}

const headings = (page: string) =>
  elementsOf(page)
    .filter(({ name }) => name === "h2")
    .map(({ text }) => text);

describe("renderPage", () => {
  it("has a section for everything that is known, in order", async () => {
    const { index } = await renderPage(pageSource());
    expect(headings(index)).toEqual([
      ...["Results", "Differences", "Alpha", "Wins and losses", "Query by query", "Recall"],
      ...["Datasets and queries", "Cost and time", "Provenance", "Notes"],
    ]);
  });

  it("shows base, every kind of alpha, and the tested difference in one table", async () => {
    const { index } = await renderPage(pageSource());
    const [table] = elementsOf(index).filter(({ name }) => name === "table");
    const cells = table?.text.replace(/\s+/g, " ") ?? "";
    expect(cells).toContain("fixed 0.5cross- fittedits alphasoracleits alphadifference95 % intervalp holmcovered");
    // fixed, cross-fitted with its folds' alphas, oracle with its own, 0.65 - 0.6 with the dagger of p 0.008
    expect(cells).toContain("bge-small-enscifact0.60000.65000.64000.25, 0.50.66000.25+0.0500†[0.0120, 0.0880]0.0080–");
  });

  it("is allowed its own script and style, by their digests, and nothing else", async () => {
    const elements = elementsOf((await renderPage(pageSource())).index);
    const policy = elements.find(({ attributes }) => attributes["http-equiv"] === "Content-Security-Policy");
    const digest = (name: string, type?: string) => {
      const text = elements.find((one) => one.name === name && one.attributes["type"] === type)?.text ?? "";
      return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
    };
    expect(policy?.attributes["content"]?.split("; ")).toEqual([
      "default-src 'none'",
      `style-src ${digest("style")}`,
      `script-src ${digest("script", "module")}`,
      ...["base-uri 'none'", "form-action 'none'", "require-trusted-types-for 'script'", "trusted-types 'none'"],
    ]);
    expect(elements.filter(({ attributes }) => "style" in attributes || "src" in attributes)).toEqual([]);
    const handlers = elements.flatMap(({ attributes }) =>
      Object.keys(attributes).filter((name) => name.startsWith("on")),
    );
    expect(handlers).toEqual([]);
  });

  it("links to its own sections and charts alone, and all of them are there", async () => {
    const { index, charts } = await renderPage(pageSource());
    const elements = elementsOf(index);
    const ids = elements.map(({ attributes }) => attributes["id"]);
    expect(new Set(ids.filter((id) => id !== undefined)).size).toBe(ids.filter((id) => id !== undefined).length);
    const links = elements.flatMap(({ name, attributes }) => (name === "a" ? [attributes["href"] ?? ""] : []));
    const inside = links.filter((link) => link.startsWith("#"));
    expect(inside.filter((link) => !ids.includes(link.slice(1)))).toEqual([]);
    expect(links.filter((link) => !link.startsWith("#"))).toEqual([...charts.keys()].map((file) => `charts/${file}`));
    // one of differences, and curves, queries and recall on two datasets
    expect(charts.size).toBe(1 + 3 * 2);
  });

  it("gives the same bytes for the same source", async () => {
    expect(await renderPage(pageSource())).toEqual(await renderPage(pageSource()));
  });

  it("lets no text of a result or a dataset become markup, whatever it holds", async () => {
    const plain = await renderPage(pageSource());
    const hostile = await renderPage(pageSource({ text: HOSTILE }));
    const shape = (page: string) => elementsOf(page).map(({ name, attributes }) => [name, Object.keys(attributes)]);
    expect(shape(hostile.index)).toEqual(shape(plain.index));
    expect(["\u202E", "\0", "\u001b"].filter((character) => hostile.index.includes(character))).toEqual([]);
    const [data] = dataOf(hostile.index);
    expect(data?.queries[0]?.text).toContain("<U+202E>txt.exe");
  });

  it("holds for its script what the query view shows", async () => {
    const [data, other] = dataOf((await renderPage(pageSource())).index);
    expect(other).toEqual(data);
    expect(data).toEqual({
      measures: ["nDCG@10"],
      systems: [{ name: "bge-small-en", choice: "fixed" }],
      documents: [
        ["d2", "a text"],
        ["d1", null],
      ],
      scenarios: ["a text"],
      queries: ["q0", "q1"].map((id, at) => ({
        ...{ id, text: "a text", words: 2, gold: [[0, 2]], relevant: 1 },
        answers: [
          {
            alpha: 0.25,
            base: {
              values: [0.5],
              hits: [
                [1, 2],
                [0, 1],
              ],
              goldRanks: [2],
            },
            spike: {
              values: [at === 0 ? 0.75 : 0.4],
              hits: [
                [0, 0.45, 0.3, 0.5, 0],
                [1, 0.2, 0.2, null, -1],
              ],
              goldRanks: [1],
            },
          },
        ],
      })),
    });
  });

  it("cuts texts shorter where they would make the page too large, and says so", async () => {
    const source = pageSource();
    const text = (seed: number) => Array.from({ length: 99 }, (_, at) => ((at + seed) * 7919).toString(36)).join(" ");
    const [document, scenario] = [cutText(text(1), 300), cutText(text(1_000), 400)];
    const long = {
      ...source,
      excerpts: source.excerpts && { ...source.excerpts, document: () => document, scenario: () => scenario },
    };
    const { index } = await renderPage(long);
    expect(index).toContain("cut after 300 characters, scenarios after 400");
    const bytes = Buffer.byteLength(index);
    const shorter = await renderPage(long, { pageBytes: bytes });
    expect(Buffer.byteLength(shorter.index)).toBeLessThan(bytes);
    expect(shorter.index).toContain("cut after 200 characters, scenarios after 250");
    expect(shorter.queries.size).toBe(0);
  });

  it("gives every dataset a page of its own where no length of texts would do", async () => {
    const { index, queries } = await renderPage(pageSource(), { pageBytes: 0 });
    expect([...queries.keys()]).toEqual(["1-scifact.html", "2-fiqa.html"]);
    expect(dataOf(index)).toEqual([]);
    expect(elementsOf(index).some(({ name }) => name === "script")).toBe(false);
    expect(index).toContain('href="queries/2-fiqa.html"');
    for (const page of queries.values()) {
      expect(dataOf(page)).toHaveLength(1);
      expect(elementsOf(page).some(({ attributes }) => attributes["href"] === "../index.html")).toBe(true);
    }
  });

  it("has no query view without texts, no charts without scenarios, and says what to do", async () => {
    const { result } = pageSource();
    const cells = result.cells.filter(({ alpha }) => alpha === null);
    const bare = { ...testedExperiment(), cells, comparison: null };
    const { index, charts } = await renderPage({
      ...pageSource(),
      result: bare,
      rows: [],
      querySets: [],
      excerpts: undefined,
    });
    expect(index).toContain("run the experiment again");
    expect(charts.size).toBe(0);
    expect(headings(index)).not.toContain("Alpha");
  });

  it("tells what a run took only where it is asked to", async () => {
    const work = [{ retriever: "dense", texts: 12, tokens: 34, seconds: 5.6, served: null }];
    expect((await renderPage({ ...pageSource(), work })).index).toContain(
      "12 texts encoded, about 34 tokens, in 5.6 s",
    );
    expect((await renderPage(pageSource())).index).toContain("spikebench run --costs");
  });
});
