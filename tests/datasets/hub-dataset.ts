import { createHash } from "node:crypto";
import { join } from "node:path";
import { beforeEach } from "vitest";
import { cardSchema } from "../../harness/datasets/card.ts";
import type { FetchOptions } from "../../harness/datasets/fetch-dataset.ts";
import { createFormat } from "../../harness/datasets/registry.ts";
import type { HubSettings } from "../../harness/remote/hub-settings.ts";
import { silentProgress } from "../../harness/runtime/progress.ts";
import { hubStandIn } from "../remote/hub-stand-in.ts";
import { temporaryFolder } from "../temporary-folder.ts";

export const COMMIT = "c".repeat(40);
export const QRELS_COMMIT = "d".repeat(40);

export const corpus = Buffer.from(`{"_id": "d1", "text": "${"long ".repeat(20_000)}"}\n`);
export const queries = Buffer.from('{"_id": "q1", "text": "short"}\n');
export const qrels = Buffer.from("query-id\tcorpus-id\tscore\nq1\td1\t1\n");
/** Names of the blobs: the corpus is in LFS, the queries are not. */
export const corpusBlob = createHash("sha256").update(corpus).digest("hex");
export const queriesBlob = createHash("sha1").update(`blob ${queries.length}\0`).update(queries).digest("hex");

const repositories = {
  "owner/set": {
    commit: COMMIT,
    files: {
      "README.md": { content: Buffer.from("# set\n"), lfs: false },
      "corpus.jsonl": { content: corpus, lfs: true },
      "queries.jsonl": { content: queries, lfs: false },
      "unused.parquet": { content: Buffer.from("unused"), lfs: true },
    },
  },
  "owner/set-qrels": { commit: QRELS_COMMIT, files: { "test.tsv": { content: qrels, lfs: false } } },
};

/** The stand-in with a dataset in two repositories, anew for every test. */
export function hubWithDataset() {
  const folder = temporaryFolder();
  const hub = hubStandIn();
  let place = 0;
  beforeEach(() => hub.serve(repositories));

  /** A fetch with caches of its own. */
  function fresh(more: Partial<HubSettings> = {}, revision = COMMIT): FetchOptions {
    const root = folder.path(String(++place));
    const card = cardSchema.parse({
      summary: "x",
      format: { kind: "beir" },
      source: {
        hub: [
          { repository: "owner/set", revision },
          { repository: "owner/set-qrels", revision: revision === "main" ? "main" : QRELS_COMMIT, mount: "qrels" },
        ],
      },
    });
    return {
      id: "made/set",
      card,
      format: createFormat(card.format),
      hub: hub.settings(join(root, "hub"), more),
      cache: join(root, "own"),
      progress: silentProgress,
    };
  }
  return { hub, fresh, folder };
}

/** Where the first repository's content is. */
export function blobFolder({ hub }: FetchOptions): string {
  return join(hub.cacheFolder, "datasets--owner--set", "blobs");
}
