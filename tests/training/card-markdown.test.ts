import { describe, expect, it } from "vitest";
import { renderCard } from "../../harness/training/card-markdown.ts";
import type { DataCard } from "../../harness/training/data-card.ts";

const NONE = { query: 0, paraphrase: 0, "gold-document": 0, "flagged-gold": 0 };
const LEAKAGE: DataCard["leakage"] = {
  overlap: 0.8,
  exclude: ["query", "paraphrase", "gold-document", "flagged-gold"],
  items: 12,
  excluded: { items: 3, byKind: { ...NONE, query: 1, "gold-document": 3 } },
  flagged: [],
  sets: [],
};
const CARD: DataCard = {
  schemaVersion: 1,
  kind: "dpo",
  name: "my_set",
  declaration: { sha256: "0".repeat(64) },
  seed: 42,
  sources: [{ role: "documents", name: "beir/scifact (folder)", sha256: null }],
  synthetic: false,
  method: { pairs: 3 },
  steps: [{ step: "queries", items: 12 }],
  dropped: [],
  figures: { share: 1 / 3, count: 7, unknown: null },
  leakage: LEAKAGE,
  splits: { train: 8, validation: 1 },
  files: [{ file: "trl/train.jsonl", rows: 8, sha256: "ab" }],
  notes: [],
};

describe("renderCard", () => {
  it("says what the set is, how it came about, and what of test data was found", () => {
    const text = renderCard(CARD);
    expect(text).toMatch(/^# my\\_set\n\nQueries, .*Split by seed 42: 8 to train on, 1 to validate\.\n/);
    for (const line of ["| documents | beir/scifact (folder) | n/a |", "| queries | 12 |", "| share | 0.3333 |"]) {
      expect(text).toContain(line);
    }
    expect(text).toContain(
      "Of 12 items 3 were left out; for being so (several may hold): 1 a test query, 0 a paraphrase",
    );
    expect(text).toContain("| trl/train.jsonl | 8 | ab |");
    expect(text).not.toContain("Synthetic");
    expect(text.endsWith("\n")).toBe(true);
  });

  it("says aloud what was made up, not compared, or kept although found", () => {
    expect(renderCard({ ...CARD, synthetic: true })).toContain("**Synthetic: the texts were made up");
    expect(renderCard(CARD)).toContain("**Compared with no evaluation set, as declared.**");
    const kept = renderCard({ ...CARD, leakage: { ...LEAKAGE, exclude: ["query"] } });
    expect(kept).toContain("**Not left out although found: paraphrase, gold-document, flagged-gold.**");
  });

  it("shows evaluation sets with what was missing, and ids that would break a table", () => {
    const set = {
      dataset: "bright/biology",
      compared: { queries: 0, goldIds: 372, goldTexts: null },
      missing: "the documents were not given",
      found: { ...NONE, "gold-document": 4 },
      examples: [{ kind: "gold-document" as const, item: "a|b\n<c>", with: "*d*" }],
    };
    const text = renderCard({
      ...CARD,
      leakage: { ...LEAKAGE, sets: [set], flagged: [{ source: "bright/biology", items: 5, gold: 4 }] },
    });
    expect(text).toContain("| bright/biology | 0 | 372 | not here | 0 | 0 | 4 |");
    expect(text).toContain("- bright/biology: the documents were not given");
    expect(text).toContain("| bright/biology | gold-document | a\\|b \\<c\\> | \\*d\\* |  |");
    expect(text).toContain("| bright/biology | 5 | 4 |");
  });
});
