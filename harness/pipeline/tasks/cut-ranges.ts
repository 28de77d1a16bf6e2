import type { RowRange } from "../../domain/view-layout.ts";
import type { TextRange } from "../../tasks/task-manifest.ts";

/**
 * Cuts collections, one behind the other, into parts of `size` texts; the last part may be smaller. A part holds a piece of
 * one collection or of several; empty collections are in none.
 */
export function cutRanges(collections: readonly TextRange[], size: number): readonly (readonly TextRange[])[] {
  const parts: TextRange[][] = [];
  let room = 0;
  for (const { role, set, first, end } of collections) {
    for (let at = first; at < end; ) {
      if (room === 0) {
        parts.push([]);
        room = size;
      }
      const taken = Math.min(room, end - at);
      parts.at(-1)?.push({ role, set, first: at, end: at + taken });
      at += taken;
      room -= taken;
    }
  }
  return parts;
}

/** Rows 0 to `count` in pieces of `size`, or in one piece. */
export function cutSpan(count: number, size: number = Math.max(1, count)): readonly RowRange[] {
  return Array.from({ length: Math.ceil(count / size) }, (_, at) => ({
    first: at * size,
    end: Math.min(count, (at + 1) * size),
  }));
}
