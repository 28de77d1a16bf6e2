import { describe, expect, it } from "vitest";
import { fc } from "../seeded-fast-check.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { EXPERIMENT, openLab, runLab, runLines } from "./workspace.ts";

const folder = temporaryFolder();
const WORDS = ["water", "salt", "price", "mutex", "thread", "harvest", "leaf", "stone"] as const;

const text = fc.array(fc.constantFrom(...WORDS), { minLength: 1, maxLength: 6 }).map((words) => words.join(" "));
const scenario = fc.record({ text, noise: fc.boolean() });
/** Documents with none to three scenarios, some of them noise; queries share ids with documents and exclude some. */
const library = fc.record({
  documents: fc.array(fc.record({ text, scenarios: fc.array(scenario, { maxLength: 3 }) }), {
    minLength: 2,
    maxLength: 8,
  }),
  queries: fc.array(fc.record({ text, excluded: fc.array(fc.nat(8), { maxLength: 3 }) }), {
    minLength: 1,
    maxLength: 3,
  }),
  missingScenario: fc.constantFrom("document-only", "zero"),
});

describe("alpha 1 with candidates full", () => {
  it("equals the base run in every field but the tag, whatever the retriever", async () => {
    let count = 0;
    await fc.assert(
      fc.asyncProperty(library, async ({ documents, queries, missingScenario }) => {
        // at least one scenario, for a file without any is refused
        const rows = documents.flatMap(({ scenarios }, row) => scenarios.map((own) => ({ _id: `x${row}`, ...own })));
        const lab = await openLab(folder.path(`property-${count++}`), {
          experiment: EXPERIMENT.replace("comparison:", `fusion: {missingScenario: ${missingScenario}}\ncomparison:`),
          dataset: {
            corpus: documents.map((document, row) => ({ _id: `x${row}`, text: document.text })),
            queries: queries.map((query, row) => ({
              _id: `x${row}`,
              text: query.text,
              excluded_ids: query.excluded.map((id) => `x${id}`),
            })),
            qrels: queries.map((_, row) => [`x${row}`, "x1", 1] as const),
          },
          scenarios: rows.length > 0 ? rows : [{ _id: "x0", text: "water" }],
        });
        const { cells } = await runLab(lab);
        for (const retriever of ["bm25", "hashed", "both"]) {
          const of = (alpha: number | null) =>
            cells.find((cell) => cell.retriever === retriever && cell.alpha === alpha);
          const base = await runLines(of(null)?.run ?? null);
          expect(await runLines(of(1)?.run ?? null), retriever).toEqual(base);
          expect(of(1)?.values).toEqual(of(null)?.values);
        }
      }),
      { numRuns: 25, seed: 2 },
    );
  });
});
