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
    for await (const chunk of await openBytes(path)) yield decoder.decode(chunk, { stream: true });
    yield decoder.decode();
  } catch (cause) {
    if (isUndecodable(cause)) {
      throw new HarnessError("DATA_INVALID", `expected ${encoding} text, found bytes that are not.`, {
        where: place?.() ?? path,
        hint: "Convert the file, or name its encoding.",
        cause,
      });
    }
    throw readError(path, cause);
  }
}

/** Whether TextDecoder knows the label. */
export function isEncoding(label: string): boolean {
  try {
    return new TextDecoder(label) instanceof TextDecoder;
  } catch {
    return false;
  }
}

async function openBytes(path: string): Promise<AsyncIterable<Uint8Array>> {
  const handle = await open(path, "r");
  const magic = new Uint8Array(2);
  try {
    await handle.read(magic, 0, 2, 0);
  } finally {
    await handle.close();
  }
  const bytes = createReadStream(path, { highWaterMark: 1 << 18 });
  if (magic[0] !== 0x1f || magic[1] !== 0x8b) return bytes;
  const gunzip = createGunzip({ chunkSize: 1 << 18 });
  // a read error must end the consumer's loop, which listens to the gunzip side only
  bytes.on("error", (error) => gunzip.destroy(error));
  // and a consumer that stops early must not leave the file open, which pipe alone would
  gunzip.on("close", () => bytes.destroy());
  return bytes.pipe(gunzip);
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
