import { createHash, randomUUID } from "node:crypto";
import { mkdir, open, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { crc32 } from "node:zlib";
import { type Entry, openPromise, type ZipFile } from "yauzl";
import { HarnessError } from "../errors.ts";
import { fileError } from "./file-error.ts";
import { isSafePath } from "./safe-path.ts";

export type ZipLimits = {
  readonly entries: number;
  /** Of everything together, unpacked. */
  readonly bytes: number;
  /** Unpacked bytes for each packed one, of an entry that is not small and of all entries together. */
  readonly ratio: number;
};

/** Ten times BEIR's largest set; text packs 3 to 10 times, and a bomb 1,000 times. */
export const ZIP_LIMITS: ZipLimits = { entries: 100_000, bytes: 200e9, ratio: 200 };

/** Up to here a high ratio is what a few repeated lines give, and harmless. */
const SMALL_ENTRY = 1_000_000;

export type ExtractedFile = {
  readonly path: string;
  readonly size: number;
  readonly sha256: string;
  readonly mtimeMs: number;
};

export type ExtractOptions = { readonly limits?: ZipLimits; readonly signal?: AbortSignal | undefined };

/**
 * Unpacks an archive into `folder`, which appears when all of it is there; an archive with a single top folder loses it.
 * `__MACOSX/`, the resource forks that a Mac adds, is left out. When `folder` is there by then, somebody else was faster
 * and theirs stays.
 *
 * @returns the files by their paths within `folder`, sorted
 * @throws {HarnessError} `ARCHIVE_REFUSED` for what is no archive, is damaged (CRC), encrypted, too large or too many, holds
 *   links or devices, or names paths outside of the folder; nothing is left behind then
 */
export async function extractZip(
  archive: string,
  folder: string,
  { limits = ZIP_LIMITS, signal }: ExtractOptions = {},
): Promise<readonly ExtractedFile[]> {
  const temporary = `${folder}.${process.pid}.${randomUUID().slice(0, 8)}.tmp`;
  try {
    const zip = await readable(archive, openPromise(archive, { strictFileNames: true }));
    const files = await unpackAll({ zip, archive, temporary, limits, signal });
    const top = singleTop(files.map(({ path }) => path));
    await mkdir(dirname(folder), { recursive: true });
    await moveInto(join(temporary, top), folder);
    return files
      .map((file) => ({ ...file, path: top === "" ? file.path : file.path.slice(top.length + 1) }))
      .sort((a, b) => (a.path < b.path ? -1 : 1));
  } catch (cause) {
    throw fileError(folder, "write", cause);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

type Unpacking = {
  readonly zip: ZipFile;
  readonly archive: string;
  readonly temporary: string;
  readonly limits: ZipLimits;
  readonly signal: AbortSignal | undefined;
};

async function unpackAll(unpacking: Unpacking): Promise<readonly ExtractedFile[]> {
  const { zip, archive, limits, signal } = unpacking;
  if (zip.entryCount > limits.entries) throw refused(archive, `expected at most ${limits.entries} entries.`);
  const files: ExtractedFile[] = [];
  const entries = zip.eachEntry();
  let bytes = 0;
  try {
    for (let next = await readable(archive, entries.next()); next.done !== true; ) {
      signal?.throwIfAborted();
      const entry = next.value;
      checkEntry(entry, unpacking);
      bytes += entry.uncompressedSize;
      if (bytes > limits.bytes) throw refused(archive, `expected at most ${limits.bytes} bytes when unpacked.`);
      if (bytes > Math.max(SMALL_ENTRY, limits.ratio * zip.fileSize)) {
        throw refused(archive, `it unpacks to more than ${limits.ratio} times its size.`);
      }
      const isFile = !entry.fileName.endsWith("/") && !entry.fileName.startsWith("__MACOSX/");
      if (isFile) files.push(await unpack(entry, unpacking));
      next = await readable(archive, entries.next());
    }
  } finally {
    zip.close();
  }
  if (files.length === 0) throw refused(archive, "expected files, found none.");
  return files;
}

function checkEntry(entry: Entry, { archive, limits }: Unpacking): void {
  const { fileName, compressedSize, uncompressedSize, externalFileAttributes } = entry;
  if (!isSafePath(fileName.replace(/\/$/, ""))) throw refused(archive, `\`${fileName}\` would leave the folder.`);
  if (entry.isEncrypted()) throw refused(archive, `\`${fileName}\` is encrypted.`);
  // the upper half is the Unix mode; 0 when the archive comes from elsewhere
  const kind = (externalFileAttributes >>> 16) & 0o170000;
  if (![0, 0o100000, 0o040000].includes(kind)) {
    throw refused(archive, `\`${fileName}\` is a link or a device, where files are expected.`);
  }
  if (uncompressedSize > SMALL_ENTRY && uncompressedSize > limits.ratio * compressedSize) {
    throw refused(archive, `\`${fileName}\` unpacks to more than ${limits.ratio} times its size.`);
  }
}

/** yauzl compares sizes and leaves the CRC to its callers. */
async function unpack(entry: Entry, { zip, archive, temporary, signal }: Unpacking): Promise<ExtractedFile> {
  const { fileName } = entry;
  const path = join(temporary, fileName);
  const stream = await readable(archive, zip.openReadStreamPromise(entry));
  const hash = createHash("sha256");
  let crc = 0;
  const handle = await createFile(path, { fileName, archive });
  try {
    const chunks = stream.iterator()[Symbol.asyncIterator]();
    for (let next = await readable(archive, chunks.next()); next.done !== true; ) {
      signal?.throwIfAborted();
      const chunk: Uint8Array = next.value;
      crc = crc32(chunk, crc);
      hash.update(chunk);
      await handle.writeFile(chunk);
      next = await readable(archive, chunks.next());
    }
    await handle.sync();
  } finally {
    await handle.close();
    stream.destroy();
  }
  if (crc !== entry.crc32) throw refused(archive, `\`${fileName}\` is damaged: its CRC is not the one stated.`);
  const { size, mtimeMs } = await stat(path);
  return { path: fileName, size, sha256: hash.digest("hex"), mtimeMs };
}

async function createFile(path: string, { fileName, archive }: { fileName: string; archive: string }) {
  try {
    await mkdir(dirname(path), { recursive: true });
    return await open(path, "wx");
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
    if (code !== "EEXIST" && code !== "ENOTDIR") throw cause;
    throw refused(archive, `\`${fileName}\` is there twice, or as a file and as a folder.`);
  }
}

/** Passes a promise of yauzl on; what it throws is about the archive. */
async function readable<Result>(archive: string, promise: Promise<Result>): Promise<Result> {
  try {
    return await promise;
  } catch (cause) {
    const known = cause instanceof Error && "syscall" in cause ? fileError(archive, "read", cause) : undefined;
    if (known !== undefined) throw known;
    throw refused(
      archive,
      `not a zip archive that can be read: ${cause instanceof Error ? cause.message : cause}.`,
      cause,
    );
  }
}

/** The one folder that everything is in; empty when there is none. */
function singleTop(paths: readonly string[]): string {
  const [top = "", ...more] = new Set(paths.map((path) => path.split("/", 1)[0]));
  return more.length === 0 && paths.every((path) => path.startsWith(`${top}/`)) ? top : "";
}

async function moveInto(from: string, folder: string): Promise<void> {
  try {
    await rename(from, folder);
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
    if (code !== "ENOTEMPTY" && code !== "EEXIST") throw cause;
  }
}

function refused(archive: string, message: string, cause?: unknown): HarnessError {
  return new HarnessError("ARCHIVE_REFUSED", message, {
    where: archive,
    hint: "Nothing of it was kept. Check where the archive comes from.",
    cause,
  });
}
