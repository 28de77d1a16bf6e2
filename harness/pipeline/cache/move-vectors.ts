import { randomUUID } from "node:crypto";
import { copyFile, lstat, mkdir, open, rename, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import type { BrokenFile, MovedVectors } from "../../domain/cache-facts.ts";
import { type EncoderFolder, type EncoderRecord, listEncoderFolders } from "../../encode/cache-inventory.ts";
import { checkShard } from "../../encode/check-shard.ts";
import { HarnessError } from "../../errors.ts";
import type { Progress } from "../../runtime/progress.ts";
import { writeFileAtomic } from "../../storage/atomic-write.ts";
import { fileError } from "../../storage/file-error.ts";
import { vectorFolder } from "../../storage/layout.ts";
import { RECORD_FILE, syncFolder } from "../../storage/shard-folder.ts";
import { isGone } from "../../storage/vector-shards.ts";
import { findEncoder } from "./find-encoder.ts";

type MoveSurroundings = { readonly progress: Progress; readonly signal?: AbortSignal | undefined };

export type ExportRequest = MoveSurroundings & {
  readonly cache: string;
  /** The beginning of the encoder's id. */
  readonly encoder: string;
  /** The folder to write into. */
  readonly to: string;
};

/**
 * Copies the vectors of one encoder out of a cache folder, for `importVectors` on another machine.
 *
 * @throws {HarnessError} `USAGE` when it is not one encoder; as `importVectors`
 */
export async function exportVectors({ cache, encoder, to, ...surroundings }: ExportRequest): Promise<MovedVectors> {
  const folder = findEncoder(await listEncoderFolders(vectorFolder(cache)), encoder);
  return await copyFolders([folder], to, surroundings);
}

export type ImportRequest = MoveSurroundings & {
  readonly cache: string;
  /** A folder that `exportVectors` wrote. */
  readonly from: string;
};

/**
 * Copies exported vectors into a cache folder. No name is believed: a folder must be called by the hash of its record, a
 * file by that of its content, and every byte is verified as a copy before it takes its place. What is there stays, unless
 * it is broken. Which text a vector belongs to cannot be verified: that is the word of whoever exported it.
 *
 * @throws {HarnessError} `USAGE` when there are no exported vectors; `FILE_UNREADABLE`, `NOT_WRITABLE`, `DISK_FULL`
 */
export async function importVectors({ cache, from, ...surroundings }: ImportRequest): Promise<MovedVectors> {
  const folders = await listEncoderFolders(from);
  if (folders.length === 0) {
    throw new HarnessError("USAGE", "expected a folder that `spikebench cache export` wrote, found no encoder.", {
      where: from,
    });
  }
  return await copyFolders(folders, vectorFolder(cache), surroundings);
}

async function copyFolders(
  folders: readonly EncoderFolder[],
  root: string,
  { progress, signal }: MoveSurroundings,
): Promise<MovedVectors> {
  const all = folders.flatMap(({ shards }) => shards).reduce((sum, { bytes }) => sum + bytes, 0);
  const task = progress.start("copying vectors", all, "bytes");
  const refused: BrokenFile[] = [];
  let [encoders, files, bytes, present, done] = [0, 0, 0, 0, 0];
  for (const { id, path, record, shards } of folders) {
    if (record === undefined) {
      refused.push({ path, why: `its \`${RECORD_FILE}\` is missing or does not describe it` });
      continue;
    }
    encoders += 1;
    await inStaging(join(root, id), record, async (staging) => {
      for (const shard of shards) {
        signal?.throwIfAborted();
        const outcome = await copyShard(shard.path, staging).catch(unlessGone);
        if (outcome.copied) [files, bytes] = [files + 1, bytes + shard.bytes];
        else if (outcome.why === undefined) present += 1;
        else refused.push({ path: shard.path, why: outcome.why });
        done += shard.bytes;
        task.update(done);
      }
    });
  }
  task.end();
  return { encoders, files, bytes, present, refused };
}

type Staging = { readonly target: string; readonly record: EncoderRecord; readonly folder: string };

/** Work with a folder for unfinished copies beside where they go, which is on the same disk. */
async function inStaging(target: string, record: EncoderRecord, work: (staging: Staging) => Promise<void>) {
  const folder = `${target}.${process.pid}.${randomUUID().slice(0, 8)}.tmp`;
  await writeFileAtomic(join(target, RECORD_FILE), `${JSON.stringify(record.json, undefined, 2)}\n`);
  try {
    await mkdir(folder);
    await work({ target, record, folder });
    await syncFolder(target);
  } catch (cause) {
    throw fileError(target, "write", cause);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** `why` says what is wrong with it; without a reason a sound copy was there already. */
type CopyOutcome = { readonly copied: boolean; readonly why?: string };

/** A process that fills the cache replaces single batches by whole shards. */
function unlessGone(cause: unknown): CopyOutcome {
  if (isGone(cause))
    return { copied: false, why: "it was replaced meanwhile; the same command copies what took its place" };
  throw cause;
}

async function copyShard(source: string, { target, record, folder }: Staging): Promise<CopyOutcome> {
  if (!(await lstat(source)).isFile()) return { copied: false, why: "it is no plain file" };
  const name = basename(source);
  const place = join(target, name);
  const there = await lstat(place).catch(() => undefined);
  if (there !== undefined && "rows" in (await checkShard(place, record))) return { copied: false };
  const copy = join(folder, name);
  await copyFile(source, copy);
  const checked = await checkShard(copy, record);
  if ("why" in checked) {
    await rm(copy);
    return { copied: false, why: checked.why };
  }
  const handle = await open(copy, "r+");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(copy, place);
  return { copied: true };
}
