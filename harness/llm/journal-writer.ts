import { type FileHandle, mkdir, open } from "node:fs/promises";
import { dirname } from "node:path";
import { fileError } from "../storage/file-error.ts";

/** Appends to a file that nobody else writes. */
export type JournalWriter = {
  /** Resolves with the offset of the line once it is on disk. @throws {HarnessError} `NOT_WRITABLE`, `DISK_FULL` */
  append(line: Buffer): Promise<number>;
  close(): Promise<void>;
};

/**
 * Opens a journal file, which is made with the first line; lines that come while the disk is busy are synced together.
 *
 * @param prepare done once before the file is made
 */
export function openJournalWriter(path: string, prepare: () => Promise<void>): JournalWriter {
  let opened: Promise<FileHandle> | undefined;
  let waiting: Buffer[] = [];
  let flush: Promise<void> | undefined;
  let flushing: Promise<void> = Promise.resolve();
  let end = 0;

  async function start(): Promise<FileHandle> {
    await mkdir(dirname(path), { recursive: true });
    await prepare();
    return await open(path, "ax");
  }

  async function sync(lines: readonly Buffer[]): Promise<void> {
    opened ??= start();
    const handle = await opened;
    await handle.appendFile(Buffer.concat(lines));
    await handle.datasync();
  }

  /** After a failed write offsets mean nothing any more: the failure stays for all that follow. */
  async function write(): Promise<void> {
    const before = flushing;
    // whatever arrives while the last lines are on their way goes with these
    await before.catch(() => undefined);
    const lines = waiting;
    waiting = [];
    flush = undefined;
    flushing = before.then(() => sync(lines));
    await flushing;
  }

  return {
    async append(line) {
      const offset = end;
      end += line.length;
      waiting.push(line);
      flush ??= write();
      try {
        await flush;
      } catch (cause) {
        throw fileError(path, "write", cause);
      }
      return offset;
    },
    async close() {
      await flush?.catch(() => undefined);
      await flushing.catch(() => undefined);
      const handle = await opened?.catch(() => undefined);
      opened = Promise.reject(new Error("the journal is closed"));
      opened.catch(() => undefined);
      await handle?.close();
    },
  };
}
