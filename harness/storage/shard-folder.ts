import { open, readdir, rm, stat, utimes } from "node:fs/promises";
import { join } from "node:path";
import { isTemporary } from "./atomic-write.ts";
import { fileError } from "./file-error.ts";
import { isGone, type ShardKind, shardKind } from "./vector-shards.ts";

/** A shard as the folder shows it, unopened. */
export type ShardFile = {
  readonly path: string;
  readonly kind: ShardKind;
  readonly bytes: number;
  /** Milliseconds since 1970: when it was written, or when a process first took vectors from it. */
  readonly lastUsed: number;
};

/** Names in a folder of vectors, each list sorted. */
export type FolderNames = {
  readonly shards: readonly string[];
  /** Half-written files: of processes that are writing, or that were killed while they did. */
  readonly temporary: readonly string[];
  /** What does not belong here; `encoder.json` and files of the system do. */
  readonly foreign: readonly string[];
};

/** Says whose vectors a folder holds. */
export const RECORD_FILE = "encoder.json";

/** @throws {HarnessError} `FILE_UNREADABLE`; a folder that is not there is empty */
export async function namesIn(folder: string): Promise<FolderNames> {
  const names = await readdir(folder).catch((cause: unknown) => {
    if (isGone(cause)) return [];
    throw fileError(folder, "read", cause);
  });
  const own = names.filter((name) => name !== RECORD_FILE && !name.startsWith(".")).sort();
  const others = own.filter((name) => shardKind(name) === undefined);
  return {
    shards: own.filter((name) => shardKind(name) !== undefined),
    temporary: others.filter(isTemporary),
    foreign: others.filter((name) => !isTemporary(name)),
  };
}

/** The shards of a folder by name. A shard that disappears meanwhile is left out. @throws {HarnessError} as `namesIn` */
export async function listShards(folder: string): Promise<readonly ShardFile[]> {
  const { shards } = await namesIn(folder);
  const files: ShardFile[] = [];
  for (const name of shards) {
    const path = join(folder, name);
    const found = await stat(path).catch((cause: unknown) => {
      if (isGone(cause)) return undefined;
      throw fileError(path, "read", cause);
    });
    const kind = shardKind(name);
    if (found !== undefined && kind !== undefined) {
      files.push({ path, kind, bytes: found.size, lastUsed: found.mtimeMs });
    }
  }
  return files;
}

/**
 * Notes that a shard is in use, for whoever removes those that were not used for longest. One that is gone, or in a folder
 * that cannot be written, stays as it is.
 *
 * @param now milliseconds since 1970
 */
export async function touchShard(path: string, now: number): Promise<void> {
  await utimes(path, now / 1000, now / 1000).catch(() => undefined);
}

/** Removes a shard; one that is gone already is no failure. @throws {HarnessError} `NOT_WRITABLE` */
export async function removeShard(path: string): Promise<void> {
  try {
    await rm(path, { force: true });
  } catch (cause) {
    throw fileError(path, "write", cause);
  }
}

/** Makes what was renamed in a folder durable, where the system can do that. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r").catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}
