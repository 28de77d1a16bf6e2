/** What eviction looks at of a file. */
export type Evictable = {
  readonly path: string;
  readonly bytes: number;
  /** Milliseconds since 1970. */
  readonly lastUsed: number;
};

export type EvictionRules<File> = {
  /** What the files that stay may take together; no bound unless told. */
  readonly maxBytes?: number | undefined;
  /** Files that may go; all unless told. Those that may not count towards `maxBytes` all the same. */
  readonly mayGo?: ((file: File) => boolean) | undefined;
};

/**
 * The files to remove, least recently used first, equal times by path: with `maxBytes` as few as bring the rest down to it,
 * else all that may go.
 */
export function chooseEvictions<File extends Evictable>(
  files: readonly File[],
  { maxBytes, mayGo = () => true }: EvictionRules<File>,
): readonly File[] {
  const candidates = files.filter(mayGo).sort((a, b) => a.lastUsed - b.lastUsed || (a.path < b.path ? -1 : 1));
  if (maxBytes === undefined) return candidates;
  let left = files.reduce((sum, { bytes }) => sum + bytes, 0);
  const chosen: File[] = [];
  for (const file of candidates) {
    if (left <= maxBytes) break;
    chosen.push(file);
    left -= file.bytes;
  }
  return chosen;
}
