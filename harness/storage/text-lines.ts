import { readTextChunks } from "./text-chunks.ts";

/** Consecutive lines of a file, without line ends. `first` is the number of the first one, counted from 1. */
export type LineBatch = { readonly first: number; readonly lines: readonly string[] };

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

function withoutCarriageReturn(line: string): string {
  return line.endsWith("\r") ? line.slice(0, -1) : line;
}
