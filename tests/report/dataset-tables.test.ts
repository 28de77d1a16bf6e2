import { describe, expect, it } from "vitest";
import type { DatasetCheck } from "../../harness/domain/dataset-facts.ts";
import { renderCheck } from "../../harness/report/dataset-tables.ts";

type Verdict = DatasetCheck["figures"][number]["verdict"];

async function verdictOn(...verdicts: readonly Verdict[]): Promise<string | undefined> {
  const figures = verdicts.map((verdict) => ({ name: "documents", expected: 1, found: 1, verdict }));
  const text = await renderCheck({ id: "set", figures, source: null, notes: [] });
  return text.split("\n").find((line) => line.startsWith("set: "));
}

describe("renderCheck", () => {
  it.each<{ readonly verdicts: readonly Verdict[]; readonly says: string }>([
    { verdicts: ["same", "unknown"], says: "nothing differs from the card." },
    { verdicts: ["same", "differs"], says: "1 figure differs." },
    { verdicts: ["differs", "differs"], says: "2 figures differ." },
    { verdicts: ["unknown"], says: "no card has figures to compare with." },
  ])("says of $verdicts: $says", async ({ verdicts, says }) => {
    expect(await verdictOn(...verdicts)).toBe(`set: ${says}`);
  });
});
