import type { BrokenFile, CacheCheck } from "../../domain/cache-facts.ts";
import { listEncoderFolders } from "../../encode/cache-inventory.ts";
import { checkShard } from "../../encode/check-shard.ts";
import type { Progress } from "../../runtime/progress.ts";
import { vectorFolder } from "../../storage/layout.ts";
import { removeShard } from "../../storage/shard-folder.ts";

export type VerifyRequest = {
  readonly cache: string;
  /** Remove what is broken. */
  readonly remove: boolean;
  readonly progress: Progress;
  readonly signal?: AbortSignal | undefined;
};

/**
 * Reads every byte of the vectors in a cache folder. Broken shards are what `remove` removes; their texts are encoded again
 * when they are needed. Files that the cache did not make are named and left alone.
 *
 * @throws {HarnessError} `FILE_UNREADABLE`, `NOT_WRITABLE`
 */
export async function verifyCache({ cache, remove, progress, signal }: VerifyRequest): Promise<CacheCheck> {
  const folders = await listEncoderFolders(vectorFolder(cache));
  const shards = folders.flatMap(({ shards }) => shards);
  const total = shards.reduce((sum, { bytes }) => sum + bytes, 0);
  const task = progress.start("verifying vectors", total, "bytes");
  let [done, vectors] = [0, 0];
  const broken: BrokenFile[] = [];
  for (const { record, wrongRecord, shards } of folders) {
    if (wrongRecord !== undefined) broken.push({ path: wrongRecord, why: "it does not describe its folder" });
    for (const { path, bytes } of shards) {
      signal?.throwIfAborted();
      const found = await checkShard(path, record);
      if ("rows" in found) vectors += found.rows;
      else broken.push({ path, why: found.why });
      done += bytes;
      task.update(done);
    }
  }
  task.end();
  if (remove) for (const { path } of broken) await removeShard(path);
  return {
    files: shards.length,
    bytes: total,
    vectors,
    broken: broken.map((file) => ({ ...file, removed: remove })),
    foreign: folders.flatMap(({ foreign }) => foreign),
  };
}
