import { rmdir, stat } from "node:fs/promises";
import { dirname, join, sep } from "node:path";
import type { PruneReport } from "../../domain/cache-facts.ts";
import { type EncoderFolder, listEncoderFolders } from "../../encode/cache-inventory.ts";
import { vectorFolder } from "../../storage/layout.ts";
import { RECORD_FILE, removeShard, type ShardFile } from "../../storage/shard-folder.ts";
import { type FoundFile, namesInFolder, walkFiles } from "../../storage/walk-files.ts";
import { chooseEvictions } from "./choose-evictions.ts";
import { findEncoder } from "./find-encoder.ts";

export type PruneRequest = {
  readonly cache: string;
  /** What all vectors may take together; least recently used ones go first. */
  readonly maxBytes?: number | undefined;
  /** Only vectors that were not used for so many milliseconds. */
  readonly olderThan?: number | undefined;
  /** Only vectors of the encoder whose id begins so. */
  readonly encoder?: string | undefined;
  /** Say what would go, and remove nothing. */
  readonly dryRun: boolean;
  /** Milliseconds since 1970. */
  readonly now: number;
};

/** A process that writes a file for longer than this is taken to be dead. */
const LEFTOVER_AGE = 24 * 3_600_000;
/** What `writeFileAtomic` calls a file before it is whole. */
const UNFINISHED = /\.\d+\.[0-9a-f]{8}\.tmp$/;

/**
 * Removes vectors from a cache folder: those that all of the given rules allow, none without a rule. With it go files that
 * were never finished, once they are a day old, and the folders of encoders that have no vectors left.
 *
 * @throws {HarnessError} `USAGE` when no encoder or several begin as `encoder` says; `FILE_UNREADABLE`, `NOT_WRITABLE`
 */
export async function pruneCache(request: PruneRequest): Promise<PruneReport> {
  const { cache, maxBytes, olderThan, encoder, dryRun, now } = request;
  const folders = await listEncoderFolders(vectorFolder(cache));
  const only = encoder === undefined ? undefined : findEncoder(folders, encoder).path;
  const shards = folders.flatMap((folder) => folder.shards);
  const isAsked = maxBytes !== undefined || olderThan !== undefined || encoder !== undefined;
  const chosen = new Set(
    isAsked
      ? chooseEvictions(shards, {
          maxBytes,
          mayGo: ({ path, lastUsed }) =>
            (only === undefined || dirname(path) === only) && (olderThan === undefined || now - lastUsed > olderThan),
        })
      : [],
  );
  const leftovers = await findLeftovers(cache, now);
  if (!dryRun) {
    for (const { path } of chosen) await removeShard(path);
    for (const { path } of leftovers) {
      await removeShard(path);
      if (UNFINISHED.test(dirname(path))) await rmdir(dirname(path)).catch(() => undefined);
    }
    for (const folder of folders) await removeEmptied(folder, { chosen, now });
  }
  return { dryRun, ...countRemoved(folders, chosen, leftovers) };
}

/** Files that were never finished, or lie in a folder that was not. */
async function findLeftovers(cache: string, now: number): Promise<readonly FoundFile[]> {
  const found: FoundFile[] = [];
  for await (const file of walkFiles(cache)) {
    const isUnfinished = file.path
      .slice(cache.length)
      .split(sep)
      .some((part) => UNFINISHED.test(part));
    if (isUnfinished && now - file.modified > LEFTOVER_AGE) found.push(file);
  }
  return found;
}

/** The folder of an encoder holds its record alone then; one without vectors yet may be about to get them. */
async function removeEmptied(
  { path, shards }: EncoderFolder,
  { chosen, now }: { readonly chosen: ReadonlySet<ShardFile>; readonly now: number },
): Promise<void> {
  if (shards.some((shard) => !chosen.has(shard))) return;
  const names = await namesInFolder(path);
  if (names.some((name) => name !== RECORD_FILE)) return;
  const record = join(path, RECORD_FILE);
  const made = await stat(record).catch(() => undefined);
  if (shards.length === 0 && made !== undefined && now - made.mtimeMs <= LEFTOVER_AGE) return;
  await removeShard(record);
  // another process may have put something there meanwhile, and then it stays
  await rmdir(path).catch(() => undefined);
}

function countRemoved(
  folders: readonly EncoderFolder[],
  chosen: ReadonlySet<ShardFile>,
  leftovers: readonly FoundFile[],
): Omit<PruneReport, "dryRun"> {
  const encoders = folders.flatMap(({ id, shards }) => {
    const gone = shards.filter((shard) => chosen.has(shard));
    if (gone.length === 0) return [];
    return [{ id, files: gone.length, bytes: bytesOf(gone), whole: gone.length === shards.length }];
  });
  const freed = bytesOf([...chosen]);
  return {
    encoders,
    leftovers: { files: leftovers.length, bytes: bytesOf(leftovers) },
    freedBytes: freed + bytesOf(leftovers),
    leftBytes: bytesOf(folders.flatMap(({ shards }) => shards)) - freed,
  };
}

function bytesOf(files: readonly { readonly bytes: number }[]): number {
  return files.reduce((sum, { bytes }) => sum + bytes, 0);
}
