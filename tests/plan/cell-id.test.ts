import { describe, expect, it } from "vitest";
import { planExperiment } from "../../harness/plan/plan-experiment.ts";
import { parseExperiment } from "../../harness/spec/parse-experiment.ts";

function plan(body: string) {
  return planExperiment(parseExperiment(`version: 1\nname: small\n${body}`, "a.yaml"));
}

describe("names of cells", () => {
  it("gives every cell a folder name of its own that stays inside its folder", () => {
    const made = plan('matrix: {retriever: [bm25], dataset: ["a/b", "a%2Fb", "..", "a@b"]}');
    const ids = made.cells.map(({ id }) => id);
    expect(new Set(ids).size).toBe(4);
    for (const id of ids) expect(id).not.toMatch(/[/\\]|^\.+$/);
  });

  it("refuses names so long that a cell could not have its folder, before any work", () => {
    const cell = (length: number) => plan(`matrix: {retriever: [bm25], dataset: [${"a".repeat(length)}]}`);
    expect(cell(200 - "@bm25".length).cells[0]?.id).toHaveLength(200);
    expect(() => cell(201 - "@bm25".length)).toThrow(expect.objectContaining({ code: "SPEC_INVALID" }));
  });

  it("keeps systems apart whose names would run together", () => {
    const made = plan(
      'matrix: {retriever: [a, "a+b"], dataset: [x], scenarios: ["b+c", c], alpha: [1]}\n' +
        'retrievers: {a: {kind: bm25}, "a+b": {kind: bm25}}\n' +
        'scenarios: {"b+c": {kind: file, path: s}, c: {kind: file, path: s}}',
    );
    expect(made.cells.length).toBe(2 + 4);
    expect(new Set(made.cells.map(({ system }) => system)).size).toBe(6);
    expect(new Set(made.cells.map(({ id }) => id)).size).toBe(6);
  });
});
