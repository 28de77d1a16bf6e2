import { rm } from "node:fs/promises";
import { HarnessError } from "../errors.ts";
import type { Network } from "./http-exchange.ts";
import { fileUrl, hubTerms, listTree, resolveRevision } from "./hub-api.ts";
import { type RepositoryCache, repositoryCache } from "./hub-cache.ts";
import { blobName, digestAs, type HubFile } from "./hub-file.ts";
import { type HubRecords, hubRecords } from "./hub-records.ts";
import type { HubRequest, RepositoryKind } from "./hub-refusal.ts";
import type { HubSettings } from "./hub-settings.ts";
import type { Meter } from "./transfer.ts";
import { downloadVerified } from "./verified-download.ts";

/** How a repository is to be opened. */
export type HubAccess = {
  readonly hub: HubSettings;
  /** Our own cache's folder for the hub: listings and checks. */
  readonly records: string;
  /** `cached` asks the network for nothing and believes earlier checks; `download` hashes everything it hands out. */
  readonly mode: "download" | "cached";
  /** What to do when something is not in the cache, as a sentence. */
  readonly remedy: string;
  readonly signal?: AbortSignal | undefined;
};

/** A repository at one commit. */
export type HubRepository = {
  readonly repository: string;
  readonly commit: string;
  readonly files: readonly HubFile[];
  /** Where a file is once it was obtained. */
  absolute(path: string): string;
  /**
   * Makes a file stand in the cache with the digest that the repository says. A damaged copy is fetched again.
   *
   * @throws {HarnessError} `NOT_FETCHED`, `OFFLINE`, `CHECKSUM_MISMATCH`, `REMOTE_REFUSED`, `REMOTE_UNREACHABLE`
   */
  obtain(file: HubFile, meter: Meter): Promise<void>;
};

type Opened = HubAccess & {
  readonly kind: RepositoryKind;
  readonly repository: string;
  readonly network: Network;
  readonly cache: RepositoryCache;
  readonly known: HubRecords;
};

/**
 * Resolves the revision, once and for all if it is a commit, and lists the files, which a commit never changes.
 *
 * @throws {HarnessError} as `obtain`
 */
export async function openRepository(
  { kind, repository, revision }: Pick<HubRequest, "kind" | "repository" | "revision">,
  access: HubAccess,
): Promise<HubRepository> {
  const { hub, records, signal } = access;
  const opened: Opened = {
    ...access,
    kind,
    repository,
    network: { fetch: hub.fetch, pause: hub.pause, stallMs: hub.stallMs, signal },
    cache: repositoryCache(hub.cacheFolder, { kind, repository }),
    known: hubRecords(records, { kind, repository }),
  };
  const commit = await commitOf(revision, opened);
  const files = await filesOf(commit, opened);
  return {
    repository,
    commit,
    files,
    absolute: (path) => opened.cache.snapshot(commit, path),
    obtain: (file, meter) => obtainFile({ commit, file, meter }, opened),
  };
}

async function commitOf(revision: string, opened: Opened): Promise<string> {
  const { kind, repository, hub, network, cache, known } = opened;
  if (/^[0-9a-f]{40}$/.test(revision)) return revision;
  if (mayAsk(opened)) {
    const commit = await resolveRevision({ kind, repository, revision }, hub, network);
    await cache.writeRef(revision, commit);
    await known.writeRevision(revision, commit);
    return commit;
  }
  const commit = (await known.readRevision(revision)) ?? (await cache.readRef(revision));
  if (commit === undefined) throw absent(`revision \`${revision}\``, opened);
  return commit;
}

async function filesOf(commit: string, opened: Opened): Promise<readonly HubFile[]> {
  const { kind, repository, hub, network, cache, known } = opened;
  const listed = await known.readTree(commit);
  if (listed !== undefined) return listed;
  if (mayAsk(opened)) {
    const files = await listTree({ kind, repository, revision: commit }, hub, network);
    await known.writeTree(commit, files);
    return files;
  }
  // what huggingface_hub put here for use without a network
  const found = await cache.listSnapshot(commit);
  if (found.length === 0) throw absent(`the file list of ${commit}`, opened);
  return found;
}

type Wanted = { readonly commit: string; readonly file: HubFile; readonly meter: Meter };

async function obtainFile({ commit, file, meter }: Wanted, opened: Opened): Promise<void> {
  const { kind, repository, hub, network, cache, known } = opened;
  const found = await locate(commit, file, opened);
  if (found === "blob") await cache.link(commit, file);
  if (found !== undefined) {
    meter.skip(file.size);
    return;
  }
  if (!mayAsk(opened)) throw absent(`\`${file.path}\``, opened);
  const asked = { kind, repository, revision: commit, path: file.path };
  const blob = cache.blob(file);
  await downloadVerified(
    {
      ...hubTerms(asked, hub),
      url: fileUrl(asked, hub),
      name: file.path,
      size: file.size,
      checked: true,
      meter,
      async check(path) {
        const digest = await digestAs(path, file);
        return digest === blobName(file) ? undefined : { expected: blobName(file), found: digest };
      },
    },
    blob,
    network,
  );
  // notes size and time of what was just checked, which the rename kept
  await known.examine(blob, file, { trust: false });
  await cache.link(commit, file);
}

/** Where a sound copy of a file is. A damaged one is deleted when another can be had, and an error otherwise. */
async function locate(commit: string, file: HubFile, opened: Opened): Promise<"blob" | "snapshot" | undefined> {
  const { cache, known, mode } = opened;
  const snapshot = cache.snapshot(commit, file.path);
  for (const [place, path] of [
    ["snapshot", snapshot],
    ["blob", cache.blob(file)],
  ] as const) {
    const state = await known.examine(path, file, { trust: mode === "cached" });
    if (state === "sound") return place;
    if (state === "damaged" && !mayAsk(opened)) {
      throw new HarnessError("CHECKSUM_MISMATCH", "not the file that the repository has: its size or digest differs.", {
        where: path,
        hint: opened.remedy,
      });
    }
    if (state === "damaged") await rm(path, { force: true });
  }
  return undefined;
}

function mayAsk({ mode, hub }: Opened): boolean {
  return mode === "download" && !hub.offline;
}

function absent(what: string, { repository, mode, hub, remedy }: Opened): HarnessError {
  const where = `repository \`${repository}\``;
  if (mode === "cached")
    return new HarnessError("NOT_FETCHED", `${what} is not in the cache.`, { where, hint: remedy });
  return new HarnessError("OFFLINE", `${what} is not in the cache, and HF_HUB_OFFLINE forbids to ask for it.`, {
    where,
    hint: `Unset HF_HUB_OFFLINE, or fetch where there is a network and copy ${hub.cacheFolder} from there.`,
  });
}
