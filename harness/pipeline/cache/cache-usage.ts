import { join } from "node:path";
import type { CachedEncoder, CacheUsage } from "../../domain/cache-facts.ts";
import { describeEncoder, listEncoderFolders, nameEncoder } from "../../encode/cache-inventory.ts";
import { vectorFolder } from "../../storage/layout.ts";
import { namesInFolder, walkFiles } from "../../storage/walk-files.ts";

/** The encoders that have vectors in a cache folder, the last used first. @throws {HarnessError} `FILE_UNREADABLE` */
export async function listCachedEncoders(cache: string): Promise<readonly CachedEncoder[]> {
  const encoders: CachedEncoder[] = [];
  for (const folder of await listEncoderFolders(vectorFolder(cache))) encoders.push(await describeEncoder(folder));
  // ISO times sort as text
  return encoders.sort((a, b) => compare(b.lastUsed ?? "", a.lastUsed ?? "") || compare(a.id, b.id));
}

/** What a cache folder takes on disk, by what it is; the largest encoder first. @throws {HarnessError} `FILE_UNREADABLE` */
export async function cacheUsage(cache: string): Promise<CacheUsage> {
  const encoders = [];
  for (const { id, path, record } of await listEncoderFolders(vectorFolder(cache))) {
    encoders.push({ id, ...nameEncoder(record), bytes: await bytesBelow(path) });
  }
  const vectors = vectorFolder(cache);
  const others = [];
  for (const name of await namesInFolder(cache)) {
    const path = join(cache, name);
    if (path !== vectors) others.push({ name, bytes: await bytesBelow(path) });
  }
  const stray = (await bytesBelow(vectors)) - sumOf(encoders);
  if (stray > 0) others.push({ name: "vectors of no encoder", bytes: stray });
  return {
    folder: cache,
    encoders: encoders.sort((a, b) => b.bytes - a.bytes || compare(a.id, b.id)),
    others,
    total: sumOf(encoders) + sumOf(others),
  };
}

function sumOf(parts: readonly { readonly bytes: number }[]): number {
  return parts.reduce((sum, { bytes }) => sum + bytes, 0);
}

async function bytesBelow(path: string): Promise<number> {
  let sum = 0;
  for await (const { bytes } of walkFiles(path)) sum += bytes;
  return sum;
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
