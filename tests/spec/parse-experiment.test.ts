import { describe, expect, it } from "vitest";
import { HarnessError } from "../../harness/errors.ts";
import { parseExperiment } from "../../harness/spec/parse-experiment.ts";

const VALID = `version: 1
name: small
matrix:
  retriever: [bm25]
  dataset: [demo]
`;

/** Code, place and message of what a text is refused for. */
function refusal(text: string): { code: string; where: string | undefined; message: string } {
  try {
    parseExperiment(text, "a.yaml");
  } catch (error) {
    if (error instanceof HarnessError) return { code: error.code, where: error.where, message: error.message };
    throw error;
  }
  throw new Error("expected a refusal");
}

describe("parseExperiment", () => {
  it("fills in defaults", () => {
    const { spec } = parseExperiment(VALID, "a.yaml");
    expect(spec).toMatchObject({ hits: 1_000, ids: "refuse", measures: ["nDCG@10", "R@100"], retrievers: {} });
  });

  it("takes query sets from files, and expansions by their kind", () => {
    const { queries } = parseExperiment(
      `${VALID}queries: {a: {path: q.jsonl}, b: {kind: hyde, samples: 3}}\n`,
      "a.yaml",
    ).spec;
    expect(queries).toEqual({ a: { path: "q.jsonl" }, b: { expansion: { kind: "hyde", samples: 3 } } });
  });

  it("reads names as they are written", () => {
    const { spec } = parseExperiment(VALID.replace("[demo]", "[0012, 1e3, 7]").replace("small", "007"), "a.yaml");
    expect(spec.name).toBe("007");
    expect(spec.matrix.dataset).toEqual(["0012", "1e3", "7"]);
  });

  it("accepts CRLF and a byte order mark", () => {
    expect(parseExperiment(`\uFEFF${VALID.replaceAll("\n", "\r\n")}`, "a.yaml").spec.name).toBe("small");
  });

  it.each<{ why: string; text: string; where: string | undefined; hint?: string }>([
    { why: "unknown key", text: `${VALID}mesures: [nDCG@10]\n`, where: "a.yaml:6:1", hint: "`measures`" },
    {
      why: "unknown key of the matrix",
      text: VALID.replace("  dataset:", "  datasets:"),
      where: "a.yaml:5:3",
      hint: "`dataset`",
    },
    { why: "bad alpha", text: `${VALID}  alpha: [0, 1.5]\n`, where: "a.yaml:6:14", hint: "1.5" },
    { why: "bad range", text: `${VALID}  alpha: {from: 0, to: 1, step: 0.3}\n`, where: "a.yaml:6:10", hint: "0.3" },
    { why: "word for an alpha", text: `${VALID}  alpha: [half]\n`, where: "a.yaml:6:11" },
    { why: "missing member", text: "version: 1\nname: a\n", where: "a.yaml:1:1", hint: "matrix" },
    { why: "another version", text: VALID.replace("version: 1", "version: 2"), where: "a.yaml:1:10", hint: "1" },
    { why: "key twice", text: `${VALID}name: other\n`, where: "a.yaml:6:1" },
    { why: "no YAML", text: `${VALID}  - [\n`, where: undefined },
    { why: "a name that is a path", text: VALID.replace("small", "../up"), where: "a.yaml:2:7" },
    { why: "a name that is the folder above", text: VALID.replace("small", ".."), where: "a.yaml:2:7" },
    { why: "a name that Windows refuses", text: VALID.replace("small", "a:b"), where: "a.yaml:2:7" },
    { why: "a device of Windows", text: VALID.replace("small", "Con.x"), where: "a.yaml:2:7" },
    {
      why: "a name that no folder is long enough for",
      text: VALID.replace("small", "a".repeat(81)),
      where: "a.yaml:2:7",
    },
    { why: "an empty file", text: "", where: "a.yaml:1:1" },
    { why: "an empty axis", text: VALID.replace("[bm25]", "[]"), where: "a.yaml:4:14", hint: "retriever" },
    {
      why: "a fragment without a kind",
      text: `${VALID}retrievers: {a: {k1: 1}}\n`,
      where: "a.yaml:6:17",
      hint: "kind",
    },
    { why: "a query set of nothing", text: `${VALID}queries: {a: {}}\n`, where: "a.yaml:6:14", hint: "path" },
    {
      why: "a mistyped key of a query file",
      text: `${VALID}queries: {a: {pth: x}}\n`,
      where: "a.yaml:6:15",
      hint: "pth",
    },
    { why: "a second key of a query file", text: `${VALID}queries: {a: {path: x, k: 1}}\n`, where: "a.yaml:6:24" },
    { why: "an empty path of a query file", text: `${VALID}queries: {a: {path: ""}}\n`, where: "a.yaml:6:21" },
    { why: "a kind that is no word", text: `${VALID}queries: {a: {kind: 3}}\n`, where: "a.yaml:6:21", hint: "3" },
    { why: "no number", text: `${VALID}hits: .nan\n`, where: "a.yaml:6:7", hint: "got NaN" },
    { why: "hits of none", text: `${VALID}hits: 0\n`, where: "a.yaml:6:7", hint: "0" },
  ])("refuses $why, with its place", ({ text, where, hint = "" }) => {
    const found = refusal(text);
    expect(found.code).toBe("SPEC_INVALID");
    if (where !== undefined) expect(found.where).toBe(where);
    expect(found.message).toContain(hint);
    expect(found.message).not.toContain("\n");
  });

  it("shows the beginning of what it refuses, as that may be a whole file of another encoding", () => {
    const { message } = refusal("x".repeat(10_000));
    expect(message).toContain("xxx...");
    expect(message.length).toBeLessThan(200);
  });
});
