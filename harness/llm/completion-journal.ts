import { randomUUID } from "node:crypto";
import { open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { utcNow } from "../runtime/clock.ts";
import { writeFileAtomic } from "../storage/atomic-write.ts";
import { fileError } from "../storage/file-error.ts";
import { type JournalEntry, readJournalLine, writeJournalLine } from "./journal-lines.ts";
import { openJournalWriter } from "./journal-writer.ts";
import { clientRecord, promptKeys } from "./prompt-key.ts";
import type { ChatClient, Outcome, Prompt, TokenCounts } from "./types.ts";

const EXTENSION = ".jsonl";
const RECORD_FILE = "client.json";
const NEWLINE = 0x0a;
const CHUNK_BYTES = 2 ** 20;

/** What is known of a prompt without reading its outcome. */
type Kept = TokenCounts & {
  readonly status: Outcome["status"];
  /** How often it was asked before that outcome. */
  readonly attempt: number;
};

/** Where a line lies, so that texts need not be held. */
type Place = Kept & { readonly file: string; readonly offset: number; readonly length: number };

/** Outcomes of a client's prompts by the prompts' keys, each durable before it counts. */
export type CompletionJournal = {
  /** Holds the files of this client. */
  readonly folder: string;
  keyOf(prompt: Prompt): string;
  /** Takes in what other processes have written since. */
  refresh(): Promise<void>;
  kept(key: string): Kept | undefined;
  find(key: string): Promise<JournalEntry | undefined>;
  /** Resolves once the outcome is on disk. */
  add(key: string, outcome: Outcome, attempt: number): Promise<void>;
  close(): Promise<void>;
};

export type JournalOptions = {
  /** Holds a folder a client. */
  readonly root: string;
  readonly client: Pick<ChatClient, "identity">;
  /** Told about lines that cannot be used; their prompts are asked again. */
  readonly onWarning: (text: string) => void;
  /** The time of day that entries are given. */
  readonly now?: (() => string) | undefined;
};

/**
 * A folder of append-only files, one for every process that ever wrote: nothing is shared, so nothing is locked. A line is
 * one outcome with a checksum. A process that dies leaves at most a torn last line, which is passed over.
 *
 * Of several outcomes of a prompt the latest attempt counts, of one attempt an answer before a failure, of equals the first
 * in the order of files and lines: every reader chooses the same.
 */
export async function openJournal({
  root,
  client,
  onWarning,
  now = utcNow,
}: JournalOptions): Promise<CompletionJournal> {
  const { record, folder: name } = clientRecord(client);
  const folder = join(root, name);
  const places = new Map<string, Place>();
  const readTo = new Map<string, number>();
  const own = `${randomUUID()}${EXTENSION}`;
  const writer = openJournalWriter(join(folder, own), () =>
    writeFileAtomic(join(folder, RECORD_FILE), `${JSON.stringify(record, undefined, 2)}\n`),
  );

  function register({ key, attempt, outcome }: JournalEntry, line: Omit<Place, keyof Kept>): void {
    const { status, promptTokens, completionTokens } = outcome;
    const place = { status, attempt, promptTokens, completionTokens, ...line };
    const known = places.get(key);
    if (known === undefined || counts(place, known)) places.set(key, place);
  }

  async function take(file: string): Promise<void> {
    const path = join(folder, file);
    let damaged = 0;
    const end = await eachLine(path, readTo.get(file) ?? 0, (line, offset) => {
      const entry = readJournalLine(line.toString("utf8"));
      if (entry === undefined) damaged += 1;
      else register(entry, { file, offset, length: line.length });
    });
    readTo.set(file, end);
    if (damaged > 0) onWarning(`${path}: passed over ${damaged} damaged lines; their prompts are asked again.`);
  }

  async function refresh(): Promise<void> {
    for (const file of await journalFiles(folder)) if (file !== own) await take(file);
  }

  await refresh();
  return {
    folder,
    keyOf: promptKeys(client),
    refresh,
    kept: (key) => places.get(key),
    async find(key) {
      const place = places.get(key);
      return place === undefined ? undefined : readJournalLine(await readAt(join(folder, place.file), place));
    },
    async add(key, outcome, attempt) {
      const entry = { key, attempt, at: now(), outcome };
      const line = Buffer.from(`${writeJournalLine(entry)}\n`);
      const offset = await writer.append(line);
      register(entry, { file: own, offset, length: line.length - 1 });
    },
    close: writer.close,
  };
}

/** Whether one outcome of a prompt counts rather than another. */
function counts(one: Place, other: Place): boolean {
  if (one.attempt !== other.attempt) return one.attempt > other.attempt;
  if (one.status !== other.status) return one.status === "answered";
  return one.file === other.file ? one.offset < other.offset : one.file < other.file;
}

/** Whole lines from a byte on; a last line without an end may just be on its way. @returns the byte behind the last of them */
async function eachLine(path: string, start: number, take: (line: Buffer, offset: number) => void): Promise<number> {
  const handle = await open(path);
  try {
    const chunk = Buffer.alloc(CHUNK_BYTES);
    let rest = Buffer.alloc(0);
    let at = start;
    for (;;) {
      const { bytesRead } = await handle.read(chunk, 0, chunk.length, at + rest.length);
      if (bytesRead === 0) return at;
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

async function readAt(path: string, { offset, length }: Place): Promise<string> {
  const handle = await open(path);
  try {
    const line = Buffer.alloc(length);
    await handle.read(line, 0, length, offset);
    return line.toString("utf8");
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
