import { describe, expect, it } from "vitest";
import { docId, queryId } from "../../harness/domain/ids.ts";
import type { QueryView, ViewedHit } from "../../harness/domain/query-view.ts";
import { renderQueryView } from "../../harness/report/query-view.ts";
import { HOSTILE } from "./hostile-experiment.ts";

function hit(rank: number, id: string, facts: Partial<ViewedHit> = {}): ViewedHit {
  return { rank, docId: docId(id), score: 1 / rank, grade: null, text: null, baseRank: null, channels: null, ...facts };
}

const scored = (document: number, scenario: number, id: string) => ({
  document,
  scenario: { id, score: scenario, text: "When would one need it?" },
});

function viewOf(hits: readonly ViewedHit[], base: readonly ViewedHit[] = [hit(1, "d2"), hit(2, "d1")]): QueryView {
  return {
    query: queryId("q1"),
    texts: [{ dataset: "demo", querySet: "original", text: "a question" }],
    systems: [
      {
        ...{ retriever: "bm25", dataset: "demo", querySet: "original", base },
        baseValues: { "RR@10": 0.5 },
        relevant: [
          { docId: docId("d1"), grade: 1, baseRank: 2, rank: 1 },
          { docId: docId("d7"), grade: 1, baseRank: null, rank: null },
        ],
        spike: { scenarios: "spike", fusion: "default", alpha: 0.25, hits, values: { "RR@10": 1 } },
      },
    ],
    notes: ["A note."],
  };
}

describe("renderQueryView", () => {
  it("sets both rankings side by side, with what a score is made of and the scenario that fired", async () => {
    const first = hit(1, "d1", {
      ...{ score: 0.25 * 0.4 + 0.75 * 0.8, grade: 1, baseRank: 2, text: "A document." },
      channels: scored(0.4, 0.8, "d1#2"),
    });
    const text = await renderQueryView(viewOf([first, hit(2, "d9", { channels: { document: 0.5, scenario: null } })]));
    expect(text).toContain(
      "query q1: a question\n\nbm25 on demo, scenarios spike, alpha 0.25\nRR@10 0.5000 → 1.0000\n",
    );
    expect(text).toMatch(/│ 1 │ {3}d2 │ 1\.0000 │ \* d1 {2}│ {3}2 │ 0\.7000 │ +0\.4000 │ +0\.8000 │ #2 +│/);
    expect(text).toMatch(/│ 2 │ {3}d1 │ 0\.5000 │ {3}d9 {2}│ {3}– │ 0\.5000 │ +0\.5000 │ +– │ – +│/);
    expect(text).toContain("* relevant, and the ranks: d1 2 → 1; d7 not found → not found.\n");
    expect(text).toContain("score = 0.25 × document + 0.75 × scenario; the document alone where it has no scenario.");
    expect(text).toContain("  1  d1: A document.\n     d1#2: When would one need it?\n");
    expect(text).toMatch(/\nA note\.\n$/);
  });

  it("cuts a long id in its middle", async () => {
    const text = await renderQueryView(viewOf([hit(1, "breeding/Breeding_12_3.txt")]));
    expect(text).toContain("│   breedi…_3.txt │");
  });

  it("claims no sum where the scores are not one", async () => {
    const normalised = hit(1, "d1", { score: 0.9, channels: scored(0.4, 0.8, "d1#0") });
    const text = await renderQueryView(viewOf([normalised]));
    expect(text).toContain("raw scores");
    expect(text).not.toContain("score = ");
  });

  it("shows a ranking alone where there are no scenarios", async () => {
    const [system] = viewOf([]).systems;
    if (system === undefined) throw new Error("there is one");
    const text = await renderQueryView({ ...viewOf([]), systems: [{ ...system, spike: null }] });
    expect(text).not.toContain("SPIKE");
    expect(text).toMatch(/│ 1 │ {3}d2 │ 1\.0000 │/);
  });

  it("keeps to 100 columns and lets no id or text steer the terminal", async () => {
    const hits = HOSTILE.map((id, at) =>
      hit(at + 1, `${id}${id}`, { text: id, score: 12345.678, channels: scored(0.1, 0.2, `${id}${id}#0`) }),
    );
    const base = HOSTILE.map((id, at) => hit(at + 1, id.repeat(3), { score: -12345.678 }));
    const text = await renderQueryView(viewOf(hits, base));
    const table = text.split("\n").filter((line) => /^[│┌├└]/.test(line));
    expect(Math.max(...table.map((line) => line.length))).toBeLessThanOrEqual(100);
    expect(text.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
  });
});
