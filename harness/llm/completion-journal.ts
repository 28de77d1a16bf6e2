import { randomUUID } from "node:crypto";
import { type FileHandle, mkdir, open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { z } from "zod";
import { writeFileAtomic } from "../storage/atomic-write.ts";
import { fileError } from "../storage/file-error.ts";
import { clientRecord, promptKeys } from "./prompt-key.ts";
import type { ChatClient, Outcome, Prompt } from "./types.ts";

const EXTENSION = ".jsonl";
const RECORD_FILE = "client.json";
const SUM_MEMBER = ',"crc32":';
const NEWLINE = 0x0a;
const CHUNK_BYTES = 2 ** 20;

const outcomeSchema = z.discriminatedUnion("status", [
  z.object({
    status: z.literal("answered"),
    text: z.string(),
    finish: z.string(),
    model: z.string(),
    promptTokens: z.number().optional(),
    completionTokens: z.number().optional(),
  }),
  z.object({ status: z.literal("failed"), why: z.string() }),
]);
const lineSchema = z.object({ key: z.string(), outcome: outcomeSchema, crc32: z.number() });

/** Where a line lies, so that texts need not be held. */
type Place = { readonly file: string; readonly offset: number; readonly length: number; readonly failed: boolean };

/** Outcomes of a client's prompts, each durable before it counts. */
export type CompletionJournal = {
  /** Takes in what other processes have written since. */
  refresh(): Promise<void>;
  state(prompt: Prompt): Outcome["status"] | undefined;
  find(prompt: Prompt): Promise<Outcome | undefined>;
  /** Resolves once the outcome is on disk. */
  add(prompt: Prompt, outcome: Outcome): Promise<void>;
  close(): Promise<void>;
};

export type JournalOptions = {
  /** Holds a folder a client. */
  readonly root: string;
  readonly client: Pick<ChatClient, "identity">;
  /** Told about lines that cannot be used; their prompts are asked again. */
  readonly onWarning: (text: string) => void;
};

/**
 * A folder of append-only files, one for every process that ever wrote: nothing is shared, so nothing is locked. A line is
 * one outcome with a checksum. A process that dies leaves at most a torn last line, which is passed over. Of several
 * outcomes of a prompt an answer counts before a failure.
 */
export async function openJournal({ root, client, onWarning }: JournalOptions): Promise<CompletionJournal> {
  const { record, folder: name } = clientRecord(client);
  const folder = join(root, name);
  const keyOf = promptKeys(client);
  const places = new Map<string, Place>();
  const readTo = new Map<string, number>();
  const writer = openWriter(folder, `${JSON.stringify(record, undefined, 2)}\n`);

  function register(key: string, place: Place): void {
    if (places.get(key)?.failed !== false) places.set(key, place);
  }

  async function take(file: string): Promise<void> {
    const path = join(folder, file);
    const start = readTo.get(file) ?? 0;
    let damaged = 0;
    const { end, torn } = await eachLine(path, start, (line, offset) => {
      const read = readLine(line);
      if (read === undefined) damaged += 1;
      else register(read.key, { file, offset, length: line.length, failed: read.outcome.status === "failed" });
    });
    readTo.set(file, end);
    if (damaged > 0) onWarning(`${path}: passed over ${damaged} damaged lines; their prompts are asked again.`);
    // the file of a process that lives may just be growing
    if (torn && start === 0) onWarning(`${path}: its last line is torn; that prompt is asked again.`);
  }

  async function refresh(): Promise<void> {
    for (const file of await journalFiles(folder)) if (file !== writer.file) await take(file);
  }

  await refresh();
  return {
    refresh,
    state(prompt) {
      const place = places.get(keyOf(prompt));
      if (place === undefined) return undefined;
      return place.failed ? "failed" : "answered";
    },
    async find(prompt) {
      const place = places.get(keyOf(prompt));
      if (place === undefined) return undefined;
      return readLine(await readAt(join(folder, place.file), place))?.outcome;
    },
    async add(prompt, outcome) {
      const key = keyOf(prompt);
      const line = Buffer.from(`${writeLine(key, outcome)}\n`);
      const offset = await writer.append(line);
      register(key, { file: writer.file, offset, length: line.length - 1, failed: outcome.status === "failed" });
    },
    close: writer.close,
  };
}

/** Appends lines to a file of its own, made with the first; lines that come while the disk is busy are synced together. */
function openWriter(folder: string, record: string) {
  const file = `${randomUUID()}${EXTENSION}`;
  const path = join(folder, file);
  let opened: Promise<FileHandle> | undefined;
  let waiting: Buffer[] = [];
  let flush: Promise<void> | undefined;
  let flushing: Promise<void> = Promise.resolve();
  let end = 0;

  async function start(): Promise<FileHandle> {
    await mkdir(folder, { recursive: true });
    await writeFileAtomic(join(folder, RECORD_FILE), record);
    return await open(path, "ax");
  }

  async function write(): Promise<void> {
    // whatever arrived while the last lines were on their way goes with these
    await flushing.catch(() => undefined);
    const lines = waiting;
    waiting = [];
    flush = undefined;
    flushing = (async () => {
      opened ??= start();
      const handle = await opened;
      await handle.appendFile(Buffer.concat(lines));
      await handle.datasync();
    })();
    await flushing;
  }

  return {
    file,
    async append(line: Buffer): Promise<number> {
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
    async close(): Promise<void> {
      await flush?.catch(() => undefined);
      await flushing.catch(() => undefined);
      await (await opened?.catch(() => undefined))?.close();
    },
  };
}

/** One JSON object; its last member is the checksum of all bytes before that member. */
function writeLine(key: string, outcome: Outcome): string {
  const text = JSON.stringify({ key, outcome }).slice(0, -1);
  return `${text}${SUM_MEMBER}${crc32(text)}}`;
}

/** A line's outcome; undefined when it is damaged or of a form that is not known. */
function readLine(line: Buffer) {
  const text = line.toString("utf8");
  const end = text.lastIndexOf(SUM_MEMBER);
  try {
    const { data } = lineSchema.safeParse(JSON.parse(text));
    return data?.crc32 === crc32(text.slice(0, Math.max(0, end))) ? data : undefined;
  } catch {
    return undefined;
  }
}

/** Whole lines from a byte on. @returns the byte behind the last of them, and whether more bytes follow it */
async function eachLine(path: string, start: number, take: (line: Buffer, offset: number) => void) {
  const handle = await open(path);
  try {
    const chunk = Buffer.alloc(CHUNK_BYTES);
    let rest = Buffer.alloc(0);
    let at = start;
    for (;;) {
      const { bytesRead } = await handle.read(chunk, 0, chunk.length, at + rest.length);
      if (bytesRead === 0) return { end: at, torn: rest.length > 0 };
      let bytes = Buffer.concat([rest, chunk.subarray(0, bytesRead)]);
      for (let newline = bytes.indexOf(NEWLINE); newline !== -1; newline = bytes.indexOf(NEWLINE)) {
        take(bytes.subarray(0, newline), at);
        at += newline + 1;
        bytes = bytes.subarray(newline + 1);
      }
      rest = bytes;
    }
  } catch (cause) {
    throw fileError(path, "read", cause);
  } finally {
    await handle.close();
  }
}

async function readAt(path: string, { offset, length }: Place): Promise<Buffer> {
  const handle = await open(path);
  try {
    const line = Buffer.alloc(length);
    await handle.read(line, 0, length, offset);
    return line;
  } catch (cause) {
    throw fileError(path, "read", cause);
  } finally {
    await handle.close();
  }
}

/** In an order of their own, so that a scan is the same every time. */
async function journalFiles(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).filter((file) => file.endsWith(EXTENSION)).sort();
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return [];
    throw fileError(folder, "read", cause);
  }
}
