import { randomUUID } from "node:crypto";
import { type FileHandle, mkdir, open, rename, rm, stat } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { PassThrough, type Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { fileError } from "./file-error.ts";

/** A whole file, or the pieces that it consists of. */
type FileContent = string | Uint8Array | Pieces;
type Pieces = readonly Uint8Array[] | AsyncIterable<Uint8Array>;

/**
 * Writes a file so that a reader sees the old content or all of the new, whatever happens in between: temporary name in
 * the same folder, fsync, rename. Makes the folder.
 *
 * @param content pieces are written one after the other: a large file need not fit in memory
 * @param mode who may read it, from its first byte on; as the process has it unless told
 * @throws {HarnessError} `NOT_WRITABLE`, `DISK_FULL`; the target is then as it was
 */
export async function writeFileAtomic(path: string, content: FileContent, mode?: number): Promise<void> {
  await replaceFile(path, async (temporary) => {
    const handle = await open(temporary, "wx", mode);
    try {
      await (isWhole(content) ? handle.writeFile(content) : writePieces(handle, content));
      await handle.sync();
    } finally {
      await handle.close();
    }
  });
}

/** A text file that is being written piece by piece; it appears under its name only with `commit`. */
export type TextWriter = {
  /** Resolves when the next piece may come: awaiting it bounds memory. */
  write(text: string): Promise<void>;
  /** Ends the file, fsyncs and renames it. */
  commit(): Promise<void>;
  /** Throws away what was written. */
  abort(): Promise<void>;
};

/** A file that is being written piece by piece; it appears under its name only with `commit`. */
export type FileWriter = Omit<TextWriter, "write"> & { write(bytes: Uint8Array): Promise<void> };

/**
 * Opens a file for writing. Makes the folder. Every call throws in the same way; after `abort` nothing is left.
 *
 * @throws {HarnessError} `NOT_WRITABLE`, `DISK_FULL`
 */
export async function openFile(path: string): Promise<FileWriter> {
  const temporary = temporaryName(path);
  let handle: FileHandle;
  try {
    await makeFolder(dirname(path));
    handle = await open(temporary, "wx");
  } catch (cause) {
    throw fileError(path, "write", cause);
  }
  async function abort(): Promise<void> {
    await handle.close().catch(() => undefined);
    await rm(temporary, { force: true });
  }
  return {
    abort,
    async write(bytes) {
      try {
        await handle.writeFile(bytes);
      } catch (cause) {
        throw fileError(path, "write", cause);
      }
    },
    async commit() {
      try {
        await handle.sync();
        await handle.close();
        await rename(temporary, path);
      } catch (cause) {
        await abort();
        throw fileError(path, "write", cause);
      }
    },
  };
}

/** Characters that go on together: many run files grow side by side in small texts, and each step of a stream costs the same. */
const PIECE = 1 << 16;

/** Opens a text file for writing. The bytes depend on the text alone (a gzip header gets no time stamp). */
export async function openText(path: string, { gzip }: { readonly gzip: boolean }): Promise<TextWriter> {
  const file = await openFile(path);
  // level 2: run files are many and large; twice the speed of the default for 5 % more bytes
  const source: Transform = gzip ? createGzip({ level: 2, chunkSize: PIECE }) : new PassThrough();
  let failure: unknown;
  const written = pipeline(source, async (chunks: AsyncIterable<Uint8Array>) => {
    for await (const chunk of chunks) await file.write(chunk);
  }).catch((error: unknown) => {
    failure = error;
  });

  async function abort(): Promise<void> {
    source.destroy();
    await written;
    await file.abort();
  }

  let gathered = "";
  return {
    abort,
    async write(text) {
      if (failure !== undefined) throw failure;
      gathered += text;
      if (gathered.length < PIECE) return;
      const piece = gathered;
      gathered = "";
      if (!source.write(piece)) await drained(source);
    },
    async commit() {
      source.end(gathered);
      await written;
      if (failure !== undefined) {
        await abort();
        throw failure;
      }
      await file.commit();
    },
  };
}

/** Writes a plain text file piece by piece; it appears whole, or not at all when `write` fails. */
export async function writeText(path: string, write: (writer: TextWriter) => Promise<void>): Promise<void> {
  const writer = await openText(path, { gzip: false });
  try {
    await write(writer);
    await writer.commit();
  } catch (error) {
    await writer.abort();
    throw error;
  }
}

async function drained(stream: Transform): Promise<void> {
  await new Promise<void>((resolve) => {
    function done(): void {
      stream.off("drain", done).off("close", done);
      resolve();
    }
    stream.on("drain", done).on("close", done);
  });
}

/** Makes a folder and those above it. Node's own `recursive` never ends where a parent takes no folders, as /proc. */
async function makeFolder(path: string): Promise<void> {
  const failure = await tryMakeFolder(path);
  if (failure === undefined) return;
  if (failure.code !== "ENOENT" || dirname(path) === path) throw failure;
  await makeFolder(dirname(path));
  const second = await tryMakeFolder(path);
  if (second !== undefined) throw second;
}

/** @returns why there is no such folder now; nothing when there is one */
async function tryMakeFolder(path: string): Promise<NodeJS.ErrnoException | undefined> {
  try {
    await mkdir(path);
    return undefined;
  } catch (error) {
    const failure = error as NodeJS.ErrnoException;
    const isFolder = failure.code === "EEXIST" && (await stat(path).catch(() => undefined))?.isDirectory() === true;
    return isFolder ? undefined : failure;
  }
}

/**
 * Runs `write` on a temporary name and moves the result over `path`; removes the temporary file when it fails. Makes the folder.
 *
 * @throws {HarnessError} `NOT_WRITABLE`, `DISK_FULL`
 */
async function replaceFile(path: string, write: (temporary: string) => Promise<void>): Promise<void> {
  const temporary = temporaryName(path);
  try {
    await makeFolder(dirname(path));
    await write(temporary);
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw fileError(path, "write", cause);
  }
}

function isWhole(content: FileContent): content is string | Uint8Array {
  return typeof content === "string" || content instanceof Uint8Array;
}

/** One call for a list of them; what a full disk or a signal cuts off is written, or refused, by another. */
async function writePieces(handle: FileHandle, pieces: Pieces): Promise<void> {
  if (Symbol.asyncIterator in pieces) {
    for await (const piece of pieces) await handle.writeFile(piece);
    return;
  }
  const { bytesWritten } = await handle.writev(pieces);
  const bytes = pieces.reduce((sum, piece) => sum + piece.length, 0);
  if (bytesWritten < bytes) await handle.writeFile(Buffer.concat(pieces).subarray(bytesWritten));
}

/** Whether a name is one under which a file is written before it has its own. */
export function isTemporary(path: string): boolean {
  return path.endsWith(".tmp");
}

/** Host and process say who was writing when a file is left behind on a file system that many machines share. */
function temporaryName(path: string): string {
  return `${path}.${hostname()}.${process.pid}.${randomUUID().slice(0, 8)}.tmp`;
}
