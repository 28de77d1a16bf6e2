import { listEncoderFolders } from "../../encode/cache-inventory.ts";
import { plural } from "../../report/figure-text.ts";
import { formatBytes } from "../../runtime/progress.ts";
import { vectorFolder } from "../../storage/layout.ts";
import { pruneCache } from "./prune-cache.ts";

export type CacheLimit = {
  readonly maxBytes: number;
  /** When the run began, and what time it is; milliseconds since 1970. */
  readonly usedSince: number;
  readonly now: number;
};

/**
 * Keeps the vectors of a cache folder within a limit, least recently used first, and says what went. What was used since
 * `usedSince` goes only where it takes more than the limit by itself.
 *
 * @returns lines for the person at the terminal
 * @throws {HarnessError} as `pruneCache`
 */
export async function limitCache(cache: string, { maxBytes, usedSince, now }: CacheLimit): Promise<readonly string[]> {
  const shards = (await listEncoderFolders(vectorFolder(cache))).flatMap((folder) => folder.shards);
  const used = shards.filter(({ lastUsed }) => lastUsed >= usedSince).reduce((sum, { bytes }) => sum + bytes, 0);
  const { encoders, freedBytes, leftBytes } = await pruneCache({ cache, maxBytes, dryRun: false, now });
  const files = encoders.reduce((sum, one) => sum + one.files, 0);
  if (files === 0) return [];
  const limit = formatBytes(maxBytes);
  return [
    `cache: ${plural(files, "file")} of vectors removed, least recently used first, to stay within ${limit}: ${formatBytes(freedBytes)} freed, ${formatBytes(leftBytes)} left.`,
    ...(used > maxBytes
      ? [
          `cache: this run alone used ${formatBytes(used)} of vectors, so some of them went too. Raise the limit to keep them.`,
        ]
      : []),
  ];
}
