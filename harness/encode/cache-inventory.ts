import { join } from "node:path";
import { z } from "zod";
import type { CachedEncoder } from "../domain/cache-facts.ts";
import type { VectorPrecision } from "../domain/embeddings.ts";
import type { Json } from "../storage/content-hash.ts";
import { readRecord } from "../storage/json-record.ts";
import { listShards, namesIn, RECORD_FILE, type ShardFile } from "../storage/shard-folder.ts";
import { openShard } from "../storage/vector-shards.ts";
import { namesInFolder } from "../storage/walk-files.ts";
import { folderOf } from "./vector-key.ts";

/** Whose vectors a folder holds, as it says itself. */
export type EncoderRecord = {
  /** The whole of it. */
  readonly json: Json;
  readonly identity: unknown;
  readonly dim: number;
  readonly precision: VectorPrecision;
};

/** The vectors of one encoder on disk, unopened. */
export type EncoderFolder = {
  readonly id: string;
  readonly path: string;
  /** Undefined when it is missing, damaged, or that of another encoder. */
  readonly record: EncoderRecord | undefined;
  /** Where a record lies that is none for this folder. */
  readonly wrongRecord: string | undefined;
  readonly shards: readonly ShardFile[];
  /** Paths of what the cache did not put there. */
  readonly foreign: readonly string[];
};

const recordSchema = z.object({
  identity: z.json(),
  dim: z.int().positive(),
  // records of the first schema do not say it
  storage: z.enum(["float32", "float16"]).default("float32"),
});

/** @param root holds a folder an encoder; there is none where it does not exist. @throws {HarnessError} `FILE_UNREADABLE` */
export async function listEncoderFolders(root: string): Promise<readonly EncoderFolder[]> {
  const names = (await namesInFolder(root)).filter((name) => /^[0-9a-f]{32}$/.test(name));
  return await Promise.all(names.map((id) => readEncoderFolder(join(root, id), id)));
}

/** A folder of vectors, wherever it lies. @param id the name that it should have. @throws {HarnessError} `FILE_UNREADABLE` */
async function readEncoderFolder(path: string, id: string): Promise<EncoderFolder> {
  const { foreign } = await namesIn(path);
  const recordFile = join(path, RECORD_FILE);
  const record = await readEncoderRecord(recordFile, id);
  const isWrong = record === undefined && (await namesInFolder(path)).includes(RECORD_FILE);
  return {
    id,
    path,
    record,
    wrongRecord: isWrong ? recordFile : undefined,
    shards: await listShards(path),
    foreign: foreign.map((name) => join(path, name)),
  };
}

/** The record in a file, when it belongs to the folder of that name. */
async function readEncoderRecord(path: string, id: string): Promise<EncoderRecord | undefined> {
  const json = await readRecord(path, z.json());
  if (json === undefined || folderOf(json) !== id) return undefined;
  const record = recordSchema.safeParse(json).data;
  return record && { json, identity: record.identity, dim: record.dim, precision: record.storage };
}

/** What `cache ls` says of a folder; opens every shard by its footer and keys. */
export async function describeEncoder({ id, record, shards }: EncoderFolder): Promise<CachedEncoder> {
  let [vectors, unreadable] = [0, 0];
  for (const { path } of shards) {
    const opened = await openShard(path).catch(() => undefined);
    if (opened === undefined) unreadable += 1;
    else vectors += opened.layout.rows;
  }
  const count = (kind: ShardFile["kind"]) => shards.filter((shard) => shard.kind === kind).length;
  return {
    id,
    ...nameEncoder(record),
    identity: record?.identity ?? null,
    dim: record?.dim ?? null,
    precision: record?.precision ?? null,
    vectors,
    shards: { sealed: count("sealed"), journal: count("journal") },
    unreadable,
    bytes: shards.reduce((sum, { bytes }) => sum + bytes, 0),
    lastUsed: shards.length === 0 ? null : new Date(Math.max(...shards.map(({ lastUsed }) => lastUsed))).toISOString(),
  };
}

const namesSchema = z.object({ kind: z.string().nullable().catch(null), model: z.string().nullable().catch(null) });

/** What an encoder calls itself, where its identity says that by a word. */
export function nameEncoder(record: EncoderRecord | undefined): Pick<CachedEncoder, "kind" | "model"> {
  return namesSchema.safeParse(record?.identity).data ?? { kind: null, model: null };
}
