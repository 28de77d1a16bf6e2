import { describe, expect, it } from "vitest";
import type { Fragment } from "../../../harness/component.ts";
import { createTermFeedback, createVectorFeedback } from "../../../harness/retrieve/feedback/registry.ts";

const invalid = expect.objectContaining({ code: "SPEC_INVALID" });

describe("createVectorFeedback", () => {
  it("takes Pyserini's defaults: alpha 0.9, beta 0.1, and three documents", () => {
    expect(createVectorFeedback({ kind: "rocchio" }).identity).toEqual({
      ...{ kind: "rocchio", version: 1, depth: 3, alpha: 0.9, beta: 0.1 },
    });
    expect(createVectorFeedback({ kind: "average" }).identity).toEqual({ kind: "average", version: 1, depth: 3 });
  });

  it("weighs query and mean: as one vector among those found, or by alpha and beta", () => {
    expect(createVectorFeedback({ kind: "average" }).weights(2)).toEqual({ query: 1, documents: 2 });
    const rocchio = createVectorFeedback({ kind: "rocchio", alpha: 0.4, beta: 0.6 });
    expect(rocchio.weights(2)).toEqual({ query: 0.4, documents: 0.6 });
  });

  it.each<Fragment>([
    { kind: "average", depth: 0 },
    { kind: "average", depth: 1.5 },
    { kind: "average", alpha: 1 },
    { kind: "rocchio", depth: 0 },
    { kind: "rocchio", beta: -0.1 },
    { kind: "rocchio", alpha: 0, beta: 0 },
  ])("refuses %o", (fragment) => {
    expect(() => createVectorFeedback(fragment)).toThrow(invalid);
  });

  it("does not know feedback of terms", () => {
    expect(() => createVectorFeedback({ kind: "rm3" })).toThrow(expect.objectContaining({ code: "UNKNOWN_COMPONENT" }));
  });
});

describe("createTermFeedback", () => {
  it("takes Anserini's defaults", () => {
    expect(createTermFeedback({ kind: "rm3" }).identity).toEqual({
      ...{ kind: "rm3", version: 1, documents: 10, terms: 10, weight: 0.5, maxDocumentShare: 0.1, filterTerms: true },
    });
  });

  it.each<Fragment>([
    { kind: "rm3", documents: 0 },
    { kind: "rm3", terms: 0 },
    { kind: "rm3", weight: 1.1 },
    { kind: "rm3", weight: -0.1 },
    { kind: "rm3", maxDocumentShare: 0 },
    { kind: "rm3", depth: 3 },
  ])("refuses %o", (fragment) => {
    expect(() => createTermFeedback(fragment)).toThrow(invalid);
  });

  it("does not know feedback of vectors", () => {
    expect(() => createTermFeedback({ kind: "rocchio" })).toThrow(
      expect.objectContaining({ code: "UNKNOWN_COMPONENT" }),
    );
  });
});
