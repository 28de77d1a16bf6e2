import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { createGunzip } from "node:zlib";
import { HarnessError } from "../errors.ts";
import { fileError } from "./file-error.ts";

/** Consecutive lines of a file, without line ends. `first` is the number of the first one, counted from 1. */
export type LineBatch = { readonly first: number; readonly lines: readonly string[] };

/**
 * Streams the lines of a UTF-8 text file, plain or gzip (told by its first bytes, not by its name), in batches of one
 * chunk each: memory does not grow with the file. A byte order mark is dropped, LF and CRLF both end a line, and a last
 * line without an end counts.
 *
 * @throws {HarnessError} `FILE_MISSING`, `FILE_UNREADABLE`; `DATA_INVALID` for a truncated or damaged gzip and for bytes
 *   that are not UTF-8
 */
export async function* readLineBatches(path: string): AsyncGenerator<LineBatch> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let first = 1;
  let rest = "";
  try {
    for await (const chunk of await openBytes(path)) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
      rest = lines.pop() ?? "";
      if (lines.length === 0) continue;
      yield { first, lines: lines.map(withoutCarriageReturn) };
      first += lines.length;
    }
    rest += decoder.decode();
  } catch (cause) {
    throw readError(path, first, cause);
  }
  if (rest !== "") yield { first, lines: [withoutCarriageReturn(rest)] };
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

function withoutCarriageReturn(line: string): string {
  return line.endsWith("\r") ? line.slice(0, -1) : line;
}

function readError(path: string, line: number, cause: unknown): unknown {
  if (cause instanceof HarnessError || !(cause instanceof Error)) return cause;
  const { code } = cause as NodeJS.ErrnoException;
  if (code === "ERR_ENCODING_INVALID_ENCODED_DATA") {
    return new HarnessError("DATA_INVALID", "expected UTF-8 text, found bytes that are not UTF-8.", {
      where: `${path}:${line} or a few lines on`,
      hint: "Convert the file to UTF-8.",
      cause,
    });
  }
  if (code?.startsWith("Z_") === true) {
    return new HarnessError("DATA_INVALID", `expected a whole gzip file, found a damaged or truncated one (${code}).`, {
      where: path,
      hint: "Fetch or compress the file again.",
      cause,
    });
  }
  return fileError(path, "read", cause);
}
