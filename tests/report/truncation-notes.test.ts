import { describe, expect, it } from "vitest";
import { cellOf, datasetOf, notesOf, resultOf } from "./experiment-fixture.ts";

const datasets = [datasetOf("scifact"), datasetOf("fiqa")];
const cut = (retriever: string, documents: number, scenarios: number, queries: number) => ({
  ...cellOf({ retriever }, {}),
  truncated: [{ retriever, documents, scenarios, queries }],
});

describe("the note on truncated texts", () => {
  it("is not there when all was read", () => {
    expect(notesOf(resultOf({ cells: [cellOf({}, {})] }))).not.toContain("truncated");
  });

  it("counts documents, scenarios and queries once for all cells that share them", () => {
    const base = cut("dense", 1_200, 0, 3);
    const spike = { ...cut("dense", 1_200, 7, 3), scenarios: "spike-gpt", fusion: "default" };
    const cells = [base, { ...spike, alpha: 0 }, { ...spike, alpha: 1 }];
    expect(notesOf(resultOf({ cells, datasets })).split("\n")).toContain(
      "`dense` read only a part of 1,200 of 5,183 documents, 7 scenarios of `spike-gpt`, " +
        "3 of 300 queries (`original`) on `scifact`: longer texts are truncated.",
    );
  });

  it("counts the texts of expanded queries, of which a query has several", () => {
    const counts = { queries: 300, expanded: 300, samples: 8, missing: 0, cut: 0, stripped: 0 };
    const source = { dataset: "scifact", kind: "hyde", model: "writer", promptSha256: null, contentHash: "a" };
    const cells = [cut("dense", 0, 0, 1), { ...cut("dense", 0, 0, 900), queries: "hyde" }];
    const expansions = [{ name: "hyde", ...source, ...counts }];
    expect(notesOf(resultOf({ cells, datasets, expansions }))).toContain(
      "a part of 1 of 300 queries (`original`), 900 texts of queries (`hyde`) on `scifact`",
    );
  });

  it("keeps retrievers, datasets and query sets apart, and names members of merged rankings", () => {
    const merged = { ...cellOf({ retriever: "fused" }, {}), truncated: cut("dense", 2, 0, 0).truncated };
    const elsewhere = { ...cut("dense", 4, 0, 0), dataset: "fiqa" };
    const rewritten = { ...cut("other", 0, 0, 5), queries: "rewritten" };
    const notes = notesOf(resultOf({ cells: [merged, elsewhere, cut("other", 0, 0, 1), rewritten], datasets }));
    expect(notes).toContain("`dense` read only a part of 2 of 5,183 documents on `scifact`");
    expect(notes).toContain("`dense` read only a part of 4 of 5,183 documents on `fiqa`");
    expect(notes).toContain(
      "`other` read only a part of 1 of 300 queries (`original`), 5 of 300 queries (`rewritten`) on `scifact`",
    );
    expect(notes).not.toContain("`fused` read");
  });
});
