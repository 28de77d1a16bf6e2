import { createHash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import { writeFileAtomic } from "./atomic-write.ts";
import { fileError } from "./file-error.ts";

/** What such a file can hold: safetensors' I32 and U8. */
export type StoredArray = Int32Array | Uint8Array;

const CHUNK_BYTES = 2 ** 26;
const LENGTH_BYTES = 8;
const METADATA = "__metadata__";
/** Far above any header that is written here, far below what could exhaust memory. */
const MOST_HEADER_BYTES = 2 ** 20;

/** A tensor of the header, or its metadata; of a foreign file anything may be missing. */
type Entry = {
  readonly dtype?: string;
  readonly shape?: readonly number[];
  readonly data_offsets?: readonly number[];
  readonly sha256?: string;
};

/**
 * Writes typed arrays to one file as one-dimensional tensors, with the sha256 of what the header
 * says of them and of their bytes in the metadata. Files of more
 * than 2 GiB are no problem: nothing is assembled in memory.
 *
 * @throws as `writeFileAtomic`
 * Source: https://huggingface.co/docs/safetensors (format: u64 header length, JSON header, data; little-endian)
 */
export async function writeArrays(path: string, arrays: Readonly<Record<string, StoredArray>>): Promise<void> {
  const tensors: Record<string, Entry> = {};
  let end = 0;
  for (const [name, array] of Object.entries(arrays)) {
    const dtype = array instanceof Int32Array ? "I32" : "U8";
    tensors[name] = { dtype, shape: [array.length], data_offsets: [end, end + array.byteLength] };
    end += array.byteLength;
  }
  const chunks = Object.values(arrays).flatMap((array) => [...chunksOf(array)]);
  const hash = createHash("sha256").update(JSON.stringify(tensors));
  for (const chunk of chunks) hash.update(chunk);
  const json = Buffer.from(JSON.stringify({ ...tensors, [METADATA]: { sha256: hash.digest("hex") } }));
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeBigUInt64LE(BigInt(json.length));
  await writeFileAtomic(path, streamOf([length, json, ...chunks]));
}

/**
 * Reads what `writeArrays` wrote, each array into memory of its own, and verifies it.
 *
 * @param onWarning told why a file that is there cannot be used
 * @returns undefined when there is no such file, or it is torn, changed or foreign
 */
export async function readArrays(
  path: string,
  onWarning: (text: string) => void = () => undefined,
): Promise<ReadonlyMap<string, StoredArray> | undefined> {
  let file: FileHandle | undefined;
  try {
    file = await open(path);
    return await readVerified(file);
  } catch (cause) {
    if (file === undefined && cause instanceof Error && "code" in cause && cause.code === "ENOENT") return undefined;
    const failure = fileError(path, "read", cause);
    onWarning(
      `${path}: passed over a damaged or foreign file (${failure instanceof Error ? failure.message : failure}).`,
    );
    return undefined;
  } finally {
    await file?.close();
  }
}

async function readVerified(file: FileHandle): Promise<ReadonlyMap<string, StoredArray>> {
  const { tensors, sha256, start } = await readHeader(file);
  const { size } = await file.stat();
  const hash = createHash("sha256").update(JSON.stringify(tensors));
  const arrays = new Map<string, StoredArray>();
  let at = start;
  for (const [name, entry] of Object.entries(tensors)) {
    const array = emptyArray(entry, size - at);
    for (const chunk of chunksOf(array)) {
      hash.update(await readExactly(file, chunk, at));
      at += chunk.length;
    }
    arrays.set(name, array);
  }
  if (at !== size || hash.digest("hex") !== sha256) throw new Error("its bytes do not match its checksum");
  return arrays;
}

async function readHeader(file: FileHandle) {
  const length = Number((await readExactly(file, Buffer.alloc(LENGTH_BYTES), 0)).readBigUInt64LE());
  if (length > MOST_HEADER_BYTES) throw new Error("its header is too long");
  const json = await readExactly(file, Buffer.alloc(length), LENGTH_BYTES);
  const { [METADATA]: metadata, ...tensors }: Record<string, Entry> = JSON.parse(json.toString());
  return { tensors, sha256: metadata?.sha256, start: LENGTH_BYTES + length };
}

/** Room for an array that the header promises, if so many bytes are there. */
function emptyArray({ dtype, shape: [count = -1] = [] }: Entry, bytesLeft: number): StoredArray {
  const size = dtype === "I32" ? Int32Array.BYTES_PER_ELEMENT : 1;
  if (!Number.isSafeInteger(count) || count < 0 || count * size > bytesLeft) throw new Error("it is too short");
  return dtype === "I32" ? new Int32Array(count) : new Uint8Array(count);
}

async function readExactly(file: FileHandle, into: Buffer, position: number): Promise<Buffer> {
  let done = 0;
  while (done < into.length) {
    const { bytesRead } = await file.read(into, done, into.length - done, position + done);
    if (bytesRead === 0) throw new Error("it is too short");
    done += bytesRead;
  }
  return into;
}

/** One after the other: of a large index not all could go in one call. */
async function* streamOf(pieces: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* pieces;
}

/** Views of an array's bytes; one call of the system takes no more than 2 GiB. */
function* chunksOf({ buffer, byteOffset, byteLength }: StoredArray): Generator<Buffer> {
  for (let start = 0; start < byteLength; start += CHUNK_BYTES) {
    yield Buffer.from(buffer, byteOffset + start, Math.min(CHUNK_BYTES, byteLength - start));
  }
}
