import { homedir } from "node:os";
import { expect, it } from "vitest";
import { cardSchema } from "../../harness/datasets/card.ts";
import { fetchDataset, openFetched } from "../../harness/datasets/fetch-dataset.ts";
import { loadDataset } from "../../harness/datasets/load-dataset.ts";
import { createFormat } from "../../harness/datasets/registry.ts";
import { DEFAULT_POLICY } from "../../harness/domain/policy.ts";
import { hubSettings } from "../../harness/remote/hub-settings.ts";
import { silentProgress } from "../../harness/runtime/progress.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const folder = temporaryFolder();

it("fetches SciFact from the hub, whole and as its published counts say", async () => {
  const card = cardSchema.parse({
    summary: "SciFact as BEIR publishes it, queries and judgements in two repositories.",
    format: { kind: "beir" },
    source: {
      hub: [
        { repository: "BeIR/scifact", revision: "main" },
        { repository: "BeIR/scifact-qrels", revision: "main", mount: "qrels" },
      ],
    },
  });
  const format = createFormat(card.format);
  // biome-ignore lint/style/noProcessEnv: the real hub is reached with the settings of whoever asks for this test
  const hub = { ...hubSettings(process.env, homedir()), cacheFolder: folder.path("hub") };
  const options = { id: "live/scifact", card, format, hub, cache: folder.path("own"), progress: silentProgress };
  const fetched = await fetchDataset(options);
  expect(fetched.revisions.map(({ commit }) => commit)).toEqual([
    expect.stringMatching(/^[0-9a-f]{40}$/),
    expect.stringMatching(/^[0-9a-f]{40}$/),
  ]);
  const { files } = await openFetched(options);
  const counts = { documents: 5183, queries: 300, judgements: 339 };
  await loadDataset({ id: "live/scifact", format, files, policy: DEFAULT_POLICY, counts, strict: true });
});
