import { readByteChunks, readTextChunks, textError } from "./text-chunks.ts";

/** Consecutive lines of a file, without line ends. `first` is the number of the first one, counted from 1. */
export type LineBatch = { readonly first: number; readonly lines: readonly string[] };

const NEW_LINE = 0x0a;

/** Where a line begins: its number, counted from 1, and its first byte; of a gzip that of the unpacked text. */
export type LinePlace = { readonly line: number; readonly byte: number };

const FIRST_LINE: LinePlace = { line: 1, byte: 0 };

/** Consecutive lines of a file, without line ends, and where the first one begins. */
export type PlacedLines = { readonly place: LinePlace; readonly lines: readonly string[] };

/**
 * Streams the lines of a text file, plain or gzip, in batches of one chunk each: memory does not grow with the file. A
 * byte order mark is dropped, LF and CRLF both end a line, and a last line without an end counts.
 *
 * @param encoding as of `readTextChunks`; UTF-8 by default
 * @throws {HarnessError} as `readTextChunks`; bytes that are not text are placed at the line they follow
 */
export async function* readLineBatches(path: string, encoding?: string): AsyncGenerator<LineBatch> {
  let first = 1;
  let rest = "";
  const place = () => `${path}:${first} or a few lines on`;
  for await (const chunk of readTextChunks(path, { encoding, place })) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    if (lines.length === 0) continue;
    yield { first, lines: lines.map(withoutCarriageReturn) };
    first += lines.length;
  }
  if (rest !== "") yield { first, lines: [withoutCarriageReturn(rest)] };
}

/**
 * As `readLineBatches` for UTF-8, and from any place that a pass before has told. Where batches end depends on where it begins.
 *
 * @throws {HarnessError} as `readLineBatches`
 */
export async function* readPlacedLines(path: string, from: LinePlace = FIRST_LINE): AsyncGenerator<PlacedLines> {
  let place = from;
  let rest: Uint8Array = new Uint8Array();
  function linesOf(bytes: Uint8Array): PlacedLines {
    const begun = place;
    const text = decode(bytes, begun.byte > 0, `${path}:${begun.line} or a few lines on`);
    const lines = text.split("\n");
    // what follows the last line's end is no line
    if (lines.at(-1) === "") lines.pop();
    place = { line: begun.line + lines.length, byte: begun.byte + bytes.length };
    return { place: begun, lines: lines.map(withoutCarriageReturn) };
  }
  for await (const chunk of readByteChunks(path, from.byte)) {
    const end = chunk.lastIndexOf(NEW_LINE) + 1;
    if (end > 0) yield linesOf(Buffer.concat([rest, chunk.subarray(0, end)]));
    rest = end > 0 ? Buffer.from(chunk.subarray(end)) : Buffer.concat([rest, chunk]);
  }
  if (rest.length > 0) yield linesOf(rest);
}

function decode(bytes: Uint8Array, ignoreBOM: boolean, where: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM }).decode(bytes);
  } catch (cause) {
    throw textError(cause, where);
  }
}

function withoutCarriageReturn(line: string): string {
  return line.endsWith("\r") ? line.slice(0, -1) : line;
}
