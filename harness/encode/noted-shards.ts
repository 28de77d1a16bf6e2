import { KEY_BYTES } from "../storage/shard-layout.ts";
import { createKeySketch, MOST_SHARDS } from "./key-sketch.ts";

/** Shards whose keys are not in memory: they are opened when a text is wanted that they may hold. */
export type NotedShards = {
  /** @returns false where there is no room for another one */
  note(file: string, keys: Uint8Array): boolean;
  /** A file that is gone, or is opened now. */
  forget(file: string): void;
  files(): Iterable<string>;
  /** Those that may hold some of the keys. */
  holding(keys: Iterable<Uint8Array>): ReadonlySet<string>;
};

export function createNotedShards(): NotedShards {
  const numbers = new Map<string, number>();
  /** By number; what is forgotten stays in the sketch and leads nowhere. */
  const files: (string | undefined)[] = [];
  let sketch: ReturnType<typeof createKeySketch> | undefined;
  return {
    note(file, keys) {
      if (files.length >= MOST_SHARDS) return false;
      sketch ??= createKeySketch();
      const number = files.push(file) - 1;
      numbers.set(file, number);
      for (let at = 0; at < keys.length; at += KEY_BYTES) sketch.add(keys, at, number);
      return true;
    },
    forget(file) {
      const number = numbers.get(file);
      if (number !== undefined) files[number] = undefined;
      numbers.delete(file);
    },
    files: () => numbers.keys(),
    holding(keys) {
      const found = new Set<string>();
      if (sketch === undefined || numbers.size === 0) return found;
      for (const key of keys) {
        for (const number of sketch.shardsOf(key)) {
          const file = files[number];
          if (file !== undefined) found.add(file);
        }
      }
      return found;
    },
  };
}
