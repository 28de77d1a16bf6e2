import { writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { fetchDatasets } from "../../harness/pipeline/datasets/fetch-datasets.ts";
import { fetchModels } from "../../harness/pipeline/models/fetch-models.ts";
import { writeReports } from "../../harness/pipeline/reports/write-reports.ts";
import { runExperiment } from "../../harness/pipeline/run/run-experiment.ts";
import type { Workspace } from "../../harness/pipeline/workspace.ts";
import { hubSettings } from "../../harness/remote/hub-settings.ts";
import { monotonicClock } from "../../harness/runtime/clock.ts";
import { silentProgress } from "../../harness/runtime/progress.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const folder = temporaryFolder();
const MODEL = "sentence-transformers/all-MiniLM-L6-v2";

// 64.51 in embeddings-benchmark/results@f4cc6c8, all-MiniLM-L6-v2, SciFact, ndcg_at_10.
it("gives all-MiniLM-L6-v2 its published nDCG@10 on SciFact", { timeout: 3_600_000 }, async () => {
  const workspace: Workspace = {
    version: "1.2.3",
    out: folder.path("out"),
    cache: folder.path("cache"),
    // biome-ignore lint/style/noProcessEnv: the real hub is reached with the settings of whoever asks for this test
    hub: hubSettings(process.env, homedir()),
    cardFolders: [join(import.meta.dirname, "../../datasets")],
    data: new Map(),
    strict: false,
    progress: silentProgress,
    compute: { threads: 2, maxBytes: 2 ** 28 },
    clock: monotonicClock,
    say: () => undefined,
  };
  for await (const _ of fetchModels({ models: [MODEL], revision: undefined, dtype: "fp32" }, workspace));
  for await (const _ of fetchDatasets(["beir/scifact"], workspace));
  const file = folder.path("minilm.yaml");
  await writeFile(
    file,
    `version: 1
name: minilm
retrievers:
  minilm: {kind: dense, encoder: {kind: transformers, model: ${MODEL}}}
matrix: {retriever: [minilm], dataset: [beir/scifact]}
measures: [nDCG@10]
`,
  );
  const run = await runExperiment(file, workspace, { jobs: 1, generate: false, keepGoing: false, allowMixed: false });
  const { cells } = JSON.parse((await writeReports(run, "json", workspace)).printed) as {
    readonly cells: readonly { readonly values: Readonly<Record<string, number>> }[];
  };
  // 0.0005 either way
  expect(cells[0]?.values["nDCG@10"]).toBeCloseTo(0.6451, 3);
});
