import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { HarnessError } from "../errors.ts";
import { fileError } from "../storage/file-error.ts";
import { type BatchLine, isBatchRequest, readBatchLine } from "./batch-answers.ts";

const NEWLINE = 0x0a;

/** An answer in a file: where it stands, as `file:line`, and a way to say that a prompt of this command asked for it. */
export type FoundAnswer = BatchLine & { readonly where: string; claim(): void };

/** What a command found in the files that it read. */
export type AnswerCount = {
  readonly files: number;
  /** Lines that are not empty. */
  readonly lines: number;
  /** Lines that are no answer: cut off or damaged. */
  readonly unread: number;
  /** Answers that no prompt of the command asked for. */
  readonly unknown: number;
};

/** Output and error files of batches. */
export type AnswerFiles = {
  /** All answers, in the order of the files' names; a new pass at every call. */
  answers(): AsyncGenerator<FoundAnswer>;
  /** Of the last pass that came to its end, undefined before one did, and of what was claimed in any. */
  count(): AnswerCount | undefined;
};

/**
 * Answers as OpenAI's Batch API and `vllm run-batch` leave them: every `.jsonl` file of a folder but those that hold requests,
 * or one file. A line that is cut off is passed over and counted, so files may be read while they are being written.
 *
 * @throws {HarnessError} `FILE_MISSING` when there is no such file
 */
export async function openAnswerFiles(path: string): Promise<AnswerFiles> {
  const files = await answerFiles(path);
  const claimed = new Set<number>();
  let seen: { readonly lines: number; readonly unread: number } | undefined;
  return {
    async *answers() {
      let [lines, unread] = [0, 0];
      for (const file of files) {
        for await (const { text, number } of textLines(file)) {
          const answer = text === undefined ? undefined : readBatchLine(text);
          const ordinal = lines++;
          if (answer === undefined) unread += 1;
          else yield { ...answer, where: `${basename(file)}:${number}`, claim: () => void claimed.add(ordinal) };
        }
      }
      seen = { lines, unread };
    },
    count() {
      if (seen === undefined) return undefined;
      return { files: files.length, ...seen, unknown: seen.lines - seen.unread - claimed.size };
    },
  };
}

async function answerFiles(path: string): Promise<readonly string[]> {
  let names: readonly string[];
  try {
    if (!(await stat(path)).isDirectory()) return [path];
    names = (await readdir(path)).filter((name) => name.endsWith(".jsonl")).sort();
  } catch (cause) {
    throw fileError(path, "read", cause);
  }
  const files: string[] = [];
  for (const name of names) if (!(await holdsRequests(join(path, name)))) files.push(join(path, name));
  if (files.length > 0) return files;
  const found = names.length === 0 ? "none" : "files of requests only";
  throw new HarnessError("FILE_MISSING", `expected files of answers (.jsonl), found ${found}.`, {
    where: path,
    hint: "Have `vllm run-batch` write its output here, or name the folder that holds it.",
  });
}

async function holdsRequests(path: string): Promise<boolean> {
  for await (const { text } of textLines(path)) return text !== undefined && isBatchRequest(text);
  return false;
}

type TextLine = { readonly text: string | undefined; readonly number: number };

/** Lines that are not empty, numbered from 1; without a text where bytes are no UTF-8, as of a line cut inside a character. */
async function* textLines(path: string): AsyncGenerator<TextLine> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  function read(bytes: Uint8Array): string | undefined {
    try {
      return decoder.decode(bytes);
    } catch {
      return undefined;
    }
  }
  let number = 0;
  for await (const bytes of byteLines(path)) {
    number += 1;
    const text = read(bytes);
    if (text?.trim() !== "") yield { text, number };
  }
}

async function* byteLines(path: string): AsyncGenerator<Uint8Array> {
  let pieces: Buffer[] = [];
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
      let bytes: Buffer = chunk;
      for (let end = bytes.indexOf(NEWLINE); end !== -1; end = bytes.indexOf(NEWLINE)) {
        yield Buffer.concat([...pieces, bytes.subarray(0, end)]);
        [pieces, bytes] = [[], bytes.subarray(end + 1)];
      }
      pieces.push(bytes);
    }
  } catch (cause) {
    throw fileError(path, "read", cause);
  }
  yield Buffer.concat(pieces);
}
