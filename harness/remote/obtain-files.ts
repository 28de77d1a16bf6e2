import { boundedMap } from "../runtime/bounded-map.ts";
import type { ByteCount } from "./count-bytes.ts";
import { blobName, type HubFile } from "./hub-file.ts";
import type { HubRepository } from "./hub-repository.ts";

/** A file of a repository. */
export type HeldFile = { readonly from: HubRepository; readonly file: HubFile };

export type Obtaining = {
  /** What the progress line says. */
  readonly label: string;
  readonly count: ByteCount;
  /** Ends the other downloads when one fails; the repositories were opened with its signal. */
  readonly stop: AbortController;
};

const FILES_AT_ONCE = 4;

/**
 * Several files at once; those with one content are one download. The first failure ends the others, which can be resumed.
 *
 * @throws {HarnessError} as `HubRepository.obtain`
 */
export async function obtainFiles(chosen: readonly HeldFile[], { label, count, stop }: Obtaining): Promise<void> {
  const byContent = new Map<string, HeldFile[]>();
  for (const held of chosen) {
    const content = `${held.from.repository}:${blobName(held.file)}`;
    byContent.set(content, [...(byContent.get(content) ?? []), held]);
  }
  const total = chosen.reduce((sum, { file }) => sum + file.size, 0);
  await count.watch(label, total, () =>
    boundedMap([...byContent.values()], FILES_AT_ONCE, async (same) => {
      try {
        for (const { from, file } of same) await from.obtain(file, count.meter);
      } catch (error) {
        stop.abort(error);
        throw error;
      }
    }),
  );
}
