import { isAbsolute, join } from "node:path";
import { z } from "zod";
import { HarnessError } from "../errors.ts";
import { buildScenarioSet } from "./build-scenario-set.ts";
import { scenarioFile } from "./scenario-file.ts";
import { textOptions } from "./scenario-text.ts";
import { defineScenarioSource } from "./types.ts";

/** Scenarios from a file: what `spikebench scenarios` wrote, SPIKE's own layouts, or texts. */
export const file = defineScenarioSource({
  kind: "file",
  summary:
    "Scenarios from JSONL or parquet: {_id, text}, SPIKE rows or training rows; `{dataset}` in the path is the id.",
  source: "https://github.com/augustinLib/SPIKE (row layouts of generate_scenario.py and the training data at f573f96)",
  options: textOptions.extend({
    path: z.string().min(1).describe("Relative to the run file; `{dataset}` is the id."),
    rowsOf: z
      .string()
      .optional()
      .describe("Take the rows whose column `dataset` says so, as in SPIKE's training data."),
  }),
  create: ({ path, rowsOf, ...text }) => ({
    async load({ datasetId, docIds, corpus, folder }) {
      const named = path.replaceAll("{dataset}", datasetId);
      const where = isAbsolute(named) ? named : join(folder, named);
      const set = await buildScenarioSet({ docIds, corpus }, scenarioFile(where, { rowsOf }), { text });
      if (set.views.count > 0) return set;
      throw new HarnessError("DATA_INVALID", "expected scenarios for documents of the corpus, found none.", {
        where,
        hint: set.coverage.foreign > 0 ? "None of the ids in the file is in the corpus." : "The file holds none.",
      });
    },
  }),
});
