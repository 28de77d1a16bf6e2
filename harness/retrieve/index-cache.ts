import { access } from "node:fs/promises";
import { join } from "node:path";
import { readArrays, type StoredArray, writeArrays } from "../storage/array-file.ts";
import { hashJson, type Json } from "../storage/content-hash.ts";
import type { IndexArrays } from "./inverted-index.ts";

/** Raised when the arrays of an index mean something else than before. */
const SCHEMA = 1;
/** Keeps every UTF-16 unit, halves of a pair too. */
const TERM_ENCODING = "utf16le";

/** Inverted indexes by what they were made of. */
export type IndexCache = {
  /** The index of that identity: read where it was kept, else built and kept. */
  open(identity: Json, build: () => Promise<IndexArrays>): Promise<IndexArrays>;
  /** Whether a file of that identity is there; what it holds is seen when it is opened. */
  keeps(identity: Json): Promise<boolean>;
};

export type IndexCacheOptions = {
  /** Made when the first index is kept. */
  readonly folder: string;
  /** Told about files that cannot be used; their index is built anew. */
  readonly onWarning?: ((text: string) => void) | undefined;
};

/** A file an index, named by the hash of its identity. Several processes may use one folder: each file appears whole. */
export function openIndexCache({ folder, onWarning }: IndexCacheOptions): IndexCache {
  const pathOf = (identity: Json) => join(folder, `${hashJson({ schema: SCHEMA, identity })}.safetensors`);
  return {
    async keeps(identity) {
      return await access(pathOf(identity)).then(
        () => true,
        () => false,
      );
    },
    async open(identity, build) {
      const path = pathOf(identity);
      const kept = await readArrays(path, onWarning);
      if (kept !== undefined) return toIndex(kept);
      const built = await build();
      await writeArrays(path, toArrays(built));
      return built;
    },
  };
}

function toArrays({ terms, ...arrays }: IndexArrays): Readonly<Record<string, StoredArray>> {
  let end = 0;
  const termEnds = Int32Array.from(terms, (term) => {
    end += term.length;
    return end;
  });
  return { ...arrays, termEnds, termUnits: Buffer.from(terms.join(""), TERM_ENCODING) };
}

function toIndex(arrays: ReadonlyMap<string, StoredArray>): IndexArrays {
  const integers = (name: string) => {
    const array = arrays.get(name);
    if (array instanceof Int32Array) return array;
    throw new Error(`an index file of this schema lacks \`${name}\``);
  };
  const units = Buffer.from(arrays.get("termUnits") ?? []).toString(TERM_ENCODING);
  const ends = integers("termEnds");
  const terms = Array.from(ends, (end, term) => units.slice(ends[term - 1] ?? 0, end));
  return {
    terms,
    starts: integers("starts"),
    rows: integers("rows"),
    frequencies: integers("frequencies"),
    lengths: integers("lengths"),
  };
}
