import { createHash } from "node:crypto";
import { mkdir, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { VectorPrecision } from "../../harness/domain/embeddings.ts";
import { folderOf } from "../../harness/encode/vector-key.ts";
import { packVectors } from "../../harness/storage/pack-vectors.ts";
import { type ShardKind, writeShard } from "../../harness/storage/vector-shards.ts";

type MadeShard = {
  readonly kind?: ShardKind;
  /** Rows of values; those of norm 1 unless told. */
  readonly vectors?: readonly (readonly number[])[];
  /** Milliseconds since 1970. */
  readonly lastUsed?: number;
};

export type MadeFolder = {
  readonly identity?: { readonly kind: string; readonly model?: string; readonly revision?: string };
  readonly dim?: number;
  readonly precision?: VectorPrecision;
  readonly shards?: readonly MadeShard[];
};

/** Writes the vectors of an encoder as the cache does, under `root`. @returns the folder, its name, the shards in order */
export async function makeVectorFolder(root: string, made: MadeFolder = {}) {
  const { identity = { kind: "made", model: "words" }, dim = 2, precision = "float32", shards = [{}] } = made;
  const record = { schema: 3, identity, dim, storage: precision };
  const id = folderOf(record);
  const path = join(root, id);
  await mkdir(path, { recursive: true });
  await writeFile(join(path, "encoder.json"), `${JSON.stringify(record, undefined, 2)}\n`);
  const paths: string[] = [];
  for (const [index, { kind = "sealed", vectors = [unit(dim), unit(dim)], lastUsed }] of shards.entries()) {
    const rows = vectors.map((_, row) => createHash("sha256").update(`${id} ${index} ${row}`).digest());
    const written = await writeShard(path, kind, {
      dim,
      precision,
      keys: Buffer.concat(rows),
      values: packVectors(Float32Array.from(vectors.flat()), precision),
      truncated: new Uint8Array(vectors.length),
    });
    if (lastUsed !== undefined) await utimes(written.path, lastUsed / 1_000, lastUsed / 1_000);
    paths.push(written.path);
  }
  return { id, path, shards: paths };
}

function unit(dim: number): readonly number[] {
  return Array.from({ length: dim }, () => 1 / Math.sqrt(dim));
}
