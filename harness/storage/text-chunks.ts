import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { createGunzip } from "node:zlib";
import { HarnessError } from "../errors.ts";
import { fileError } from "./file-error.ts";

export type TextReading = {
  /** Label of the WHATWG Encoding Standard, e.g. `windows-1252`; UTF-8 by default. */
  readonly encoding?: string | undefined;
  /** Where a message about bytes that cannot be decoded points; the file by default. */
  readonly place?: () => string;
};

/**
 * Streams a text file, plain or gzip (told by its first bytes, not by its name), in pieces of at most a few hundred
 * kilobytes. A byte order mark is dropped.
 *
 * @throws {HarnessError} `FILE_MISSING`, `FILE_UNREADABLE`; `DATA_INVALID` for a truncated or damaged gzip and for bytes
 *   that the encoding does not have
 */
export async function* readTextChunks(
  path: string,
  { encoding = "utf-8", place }: TextReading = {},
): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding, { fatal: true });
  try {
    for await (const chunk of readByteChunks(path)) yield decoder.decode(chunk, { stream: true });
    yield decoder.decode();
  } catch (cause) {
    throw textError(cause, place?.() ?? path, encoding);
  }
}

/**
 * Streams the bytes of a file, unpacked if it is a gzip.
 *
 * @param from byte to begin at, of the unpacked ones; those before it are unpacked too and passed over
 * @throws {HarnessError} as `readTextChunks`, but for bytes that are no text
 */
export async function* readByteChunks(path: string, from = 0): AsyncGenerator<Uint8Array> {
  try {
    yield* await openBytes(path, from);
  } catch (cause) {
    throw readError(path, cause);
  }
}

/** What to throw when decoding failed; whatever else it was stays what it is. */
export function textError(cause: unknown, where: string, encoding = "utf-8"): unknown {
  if (!isUndecodable(cause)) return cause;
  return new HarnessError("DATA_INVALID", `expected ${encoding} text, found bytes that are not.`, {
    where,
    hint: "Convert the file, or name its encoding.",
    cause,
  });
}

/** Whether TextDecoder knows the label. */
export function isEncoding(label: string): boolean {
  try {
    return new TextDecoder(label) instanceof TextDecoder;
  } catch {
    return false;
  }
}

async function openBytes(path: string, from: number): Promise<AsyncIterable<Uint8Array>> {
  const handle = await open(path, "r");
  const magic = new Uint8Array(2);
  try {
    await handle.read(magic, 0, 2, 0);
  } finally {
    await handle.close();
  }
  const isPacked = magic[0] === 0x1f && magic[1] === 0x8b;
  const bytes = createReadStream(path, { highWaterMark: 1 << 18, start: isPacked ? 0 : from });
  if (!isPacked) return bytes;
  const gunzip = createGunzip({ chunkSize: 1 << 18 });
  // a read error must end the consumer's loop, which listens to the gunzip side only
  bytes.on("error", (error) => gunzip.destroy(error));
  // and a consumer that stops early must not leave the file open, which pipe alone would
  gunzip.on("close", () => bytes.destroy());
  const unpacked = bytes.pipe(gunzip);
  return from === 0 ? unpacked : passOver(unpacked, from);
}

async function* passOver(chunks: AsyncIterable<Uint8Array>, count: number): AsyncGenerator<Uint8Array> {
  let left = count;
  for await (const chunk of chunks) {
    if (left < chunk.length) yield chunk.subarray(left);
    left = Math.max(0, left - chunk.length);
  }
}

function isUndecodable(cause: unknown): boolean {
  return cause instanceof Error && "code" in cause && cause.code === "ERR_ENCODING_INVALID_ENCODED_DATA";
}

function readError(path: string, cause: unknown): unknown {
  if (cause instanceof Error && "code" in cause && String(cause.code).startsWith("Z_")) {
    return new HarnessError("DATA_INVALID", `expected a whole gzip file, found a damaged or cut one (${cause.code}).`, {
      where: path,
      hint: "Fetch or compress the file again.",
      cause,
    });
  }
  return fileError(path, "read", cause);
}
